--[[
Note something else about a gap, if nothing moved or closed it since it was read.

Returns  {"put"} or {"moved"}
]]
local gaps  = KEYS[1] -- hash  as in shards.py
local field = ARGV[1]
local was   = ARGV[2]
local now   = ARGV[3] -- "" for nothing: the gap is given up

if redis.call("HGET", gaps, field) ~= was then return {"moved"} end
if now == "" then redis.call("HDEL", gaps, field) else redis.call("HSET", gaps, field, now) end
return {"put"}
