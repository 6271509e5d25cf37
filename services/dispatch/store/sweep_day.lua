--[[
A day is closed: forget the tickets of earlier days that have ended.

Returns  {"swept", missing}  id of the event after which others were not heard, or nil
]]
local tickets  = KEYS[1] -- hash    ticket -> JSON
local heard    = KEYS[2] -- string  id of the newest event of this story
local day      = ARGV[1] -- ISO date
local id       = ARGV[2] -- of the event
local previous = ARGV[3]

local missing = follow(heard, id, previous)
local ended = {finished = true, no_show = true, cancelled = true}
local all = redis.call("HGETALL", tickets)
for i = 1, #all, 2 do
  local ticket = cjson.decode(all[i + 1])
  if ended[ticket.state] and ticket.day < day then redis.call("HDEL", tickets, all[i]) end
end
return {"swept", missing}
