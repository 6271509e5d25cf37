--[[
Take or keep the lease of a shard, if its outbox still has what the relay read from it.

Returns  {"held", checkpoint}  id of the newest event in Kafka, "0-0" at first
         {"taken"}             another relay works on this shard
         {"forgotten"}         the outbox has lost event `read`; nothing was changed
]]
local lease      = KEYS[1] -- string with expiry  token of the holder
local checkpoint = KEYS[2] -- hash                id, sent
local outbox     = KEYS[3] -- stream
local token      = ARGV[1]
local ttl        = ARGV[2] -- ms
local read       = ARGV[3] -- id of the newest event that the relay read; "" if none

if read ~= "" and #redis.call("XRANGE", outbox, read, read) == 0 then return {"forgotten"} end
local holder = redis.call("GET", lease)
if holder and holder ~= token then return {"taken"} end
redis.call("SET", lease, token, "PX", ttl)
return {"held", redis.call("HGET", checkpoint, "id") or "0-0"}
