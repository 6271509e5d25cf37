--[[
Note that a day has begun, so that it will be closed even if nobody takes a ticket.

Returns  {"open"}    the day goes on
         {"closed"}  it was closed before; nothing was changed
]]
local day       = KEYS[1] -- hash  closed
local open_days = KEYS[2] -- set   days not closed yet
local date      = ARGV[1]

if redis.call("HEXISTS", day, "closed") == 1 then return {"closed"} end
redis.call("SADD", open_days, date)
return {"open"}
