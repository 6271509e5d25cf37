--[[
Note that events up to `id` are in Kafka, if the lease is still ours: the fence against a relay
that slept through its lease. Entries older than `keep` are trimmed, never one that is unsent.

Returns  {"held"}  noted
         {"lost"}  another relay took over; nothing was changed
]]
local lease      = KEYS[1] -- string with expiry  token of the holder
local checkpoint = KEYS[2] -- hash                id, sent
local outbox     = KEYS[3] -- stream
local token      = ARGV[1]
local ttl        = ARGV[2] -- ms
local id         = ARGV[3]
local count      = ARGV[4] -- events sent since the last note
local keep       = ARGV[5] -- ms

if redis.call("GET", lease) ~= token then return {"lost"} end
redis.call("PEXPIRE", lease, ttl)
redis.call("HSET", checkpoint, "id", id)
redis.call("HINCRBY", checkpoint, "sent", count)

local time = redis.call("TIME")
local oldest = string.format("%d-0", time[1] * 1000 + math.floor(time[2] / 1000) - keep)
redis.call("XTRIM", outbox, "MINID", "~", later(id, oldest) and oldest or id)
return {"held"}
