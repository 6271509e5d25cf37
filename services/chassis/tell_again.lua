--[[
Begin the outbox of a shard again, for Kafka lost some of what it had acknowledged. No lease is
needed: whoever works on the shard finds the checkpoint where they did not leave it.

Returns  {"begun"}
]]
local checkpoint = KEYS[1] -- hash    as in shards.py
local outbox     = KEYS[2] -- stream

redis.call("DEL", checkpoint)
if redis.call("EXISTS", outbox) == 0 then return {"begun"} end

-- What was trimmed counts as sent, all that is left as unsent.
local stream = redis.call("XINFO", "STREAM", outbox)
for i = 1, #stream, 2 do
  if stream[i] == "entries-added" then
    redis.call("HSET", checkpoint, "sent", stream[i + 1] - redis.call("XLEN", outbox))
  end
end
return {"begun"}
