--[[
Note that events up to `id` are in Kafka, if the lease is still ours and the checkpoint stands where
we left it: the fence against a relay that slept through its lease, or through a call to tell all
again. Entries older than `keep` are trimmed, never one that is unsent.

Returns  {"held"}  noted
         {"lost"}  another relay took over, or all is told again; nothing was changed
]]
local lease      = KEYS[1] -- string with expiry  token of the holder
local checkpoint = KEYS[2] -- hash                as in shards.py
local outbox     = KEYS[3] -- stream
local token      = ARGV[1]
local ttl        = ARGV[2] -- ms
local before     = ARGV[3] -- the checkpoint as we know it
local id         = ARGV[4]
local count      = ARGV[5] -- events sent since the last note
local keep       = ARGV[6] -- ms
local places     = {unpack(ARGV, 7)} -- fields of the checkpoint: where the newest events lie

local at = redis.call("HGET", checkpoint, "id") or "0-0"
local is_ours = redis.call("GET", lease) == token and at == before
if not is_ours then return {"lost"} end
redis.call("PEXPIRE", lease, ttl)
redis.call("HSET", checkpoint, "id", id, unpack(places))
redis.call("HINCRBY", checkpoint, "sent", count)

local time = redis.call("TIME")
local oldest = string.format("%d-0", time[1] * 1000 + math.floor(time[2] / 1000) - keep)
redis.call("XTRIM", outbox, "MINID", "~", later(id, oldest) and oldest or id)
return {"held"}
