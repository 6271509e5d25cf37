-- Move a message to `state` and count it there. One that is over leaves the queue, is told of,
-- and is forgotten after `keep` ms. `about`: name ("<ticket>:<kind>"), branch, ticket, kind, now.
local function move_message(message, states, state)
  redis.call("HINCRBY", states, redis.call("HGET", message, "state"), -1)
  redis.call("HINCRBY", states, state, 1)
  redis.call("HSET", message, "state", state)
end

local function end_message(message, queue, states, outbox, told, about, state, reason, keep)
  move_message(message, states, state)
  redis.call("ZREM", queue, about.name)
  redis.call("HDEL", message, "claim")
  redis.call("PEXPIRE", message, keep)
  local type = (state == "sent" or state == "delivered") and state or "failed"
  local fact = {message = about.name, ticket = about.ticket, kind = about.kind}
  if type == "failed" then fact.reason = reason end
  tell(outbox, told, about.branch, "talon.messages", "talon.message." .. type, about.now,
    about.ticket, cjson.encode(fact),
    cjson.encode(redis.call("HGETALL", message)))
end
