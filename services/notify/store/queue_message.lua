-- Queue a message, once, in the same step as what it is about. Returns "yes" or "no".
-- `about`: name ("<ticket>:<kind>"), branch, ticket, fact (JSON), fact_at and now (ms), bell.
local function queue_message(message, queue, states, outbox, told, about)
  if redis.call("EXISTS", message) == 1 then return "no" end
  redis.call("HSET", message, "state", "queued", "tries", 0, "fact_at", about.fact_at)
  redis.call("ZADD", queue, real_ms(), about.name)
  redis.call("HINCRBY", states, "queued", 1)
  tell(outbox, told, about.branch, "talon.messages", "talon.message.queued", about.now,
    about.ticket, about.fact, cjson.encode(redis.call("HGETALL", message)))
  redis.call("PUBLISH", about.bell, "")
  return "yes"
end
