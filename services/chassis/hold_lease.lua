--[[
Take or keep the lease of a shard.

Returns  {"held", checkpoint}  id of the newest event in Kafka, "0-0" at first
         {"taken"}             another relay works on this shard
]]
local lease      = KEYS[1] -- string with expiry  token of the holder
local checkpoint = KEYS[2] -- hash                id, sent
local token      = ARGV[1]
local ttl        = ARGV[2] -- ms

local holder = redis.call("GET", lease)
if holder and holder ~= token then return {"taken"} end
redis.call("SET", lease, token, "PX", ttl)
return {"held", redis.call("HGET", checkpoint, "id") or "0-0"}
