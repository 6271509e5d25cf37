--[[
Look at a window and at who is there, before something is decided. Changes nothing.

Returns  {answer, window, ticket}  JSON of each, "" for none
]]
local windows = KEYS[1] -- hash    window -> JSON
local tickets = KEYS[2] -- hash    ticket -> JSON
local answer  = KEYS[3] -- string  the reply already given to the command
local window  = ARGV[1] -- "" for none
local ticket  = ARGV[2] -- "" for the one at the window

local given = redis.call("GET", answer) or ""
local place = redis.call("HGET", windows, window) or ""
if ticket == "" and place ~= "" then ticket = cjson.decode(place).ticket or "" end
return {given, place, redis.call("HGET", tickets, ticket) or ""}
