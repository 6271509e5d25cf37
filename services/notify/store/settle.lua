-- Note the last word of one side about a ticket, and count the ticket in its new state.
-- Twin of domain/tickets.py: settled. Returns the state.
local function settle(ticket, days, side, said, rank)
  redis.call("HSET", ticket, side, said)
  local ticketing, dispatch, day, counted =
    unpack(redis.call("HMGET", ticket, "ticketing", "dispatch", "day", "counted"))
  local state = dispatch or ticketing
  if ticketing and dispatch and rank[ticketing] > rank[dispatch] then state = ticketing end
  redis.call("HSET", ticket, "state", state)

  -- The day is known once ticketing was heard; a ticket that dispatch called earlier waits for it.
  if day and counted ~= state then
    local was = day .. ":" .. (counted or "")
    if counted and redis.call("HINCRBY", days, was, -1) == 0 then redis.call("HDEL", days, was) end
    redis.call("HINCRBY", days, day .. ":" .. state, 1)
    redis.call("HSET", ticket, "counted", state)
  end
  return state
end
