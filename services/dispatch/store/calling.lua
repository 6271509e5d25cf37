-- Included by the scripts that call a ticket to a window: call_next.lua and join_line.lua.

-- A ready window's rank: fewest skills first, of these the longest ready.
-- Exact in a double: 20 skills x 1e14 and 13 digits of ms stay below 2^53.
local function rank_of(window)
  return string.format("%d", #window.skills * 1e14 + tonumber(window.since))
end

-- The first tickets of the lines a window serves, earliest promise first: {line, ticket, promise}.
-- `serves` names the lines, `keys` are theirs; the ticket id settles ties, so that a replay agrees.
local function heads_of(serves, keys)
  local heads = {}
  for i, line in ipairs(serves) do
    local ticket, promise = unpack(redis.call("ZRANGE", keys[i], 0, 0, "WITHSCORES"))
    if ticket then
      heads[#heads + 1] = {line = line, ticket = ticket, promise = tonumber(promise)}
    end
  end
  table.sort(heads, function(a, b)
    if a.promise ~= b.promise then return a.promise < b.promise end
    return a.ticket < b.ticket
  end)
  return heads
end

-- Call a ticket to a window: both change, the event is told, the console is shown.
-- `k` names the keys, `considered` are the heads looked at, best first: {line, ticket, promise}.
-- Returns the window and the ticket as JSON.
local function call_to(k, branch, now, window, ticket, call, considered)
  window.state, window.since, window.considered = "calling", now, considered
  window.ticket, window.number, window.call, window.times = ticket.ticket, ticket.number, call, 0
  ticket.state, ticket.window, ticket.called = "called", window.window, now

  local heads = {}
  for i, head in ipairs(considered) do
    heads[i] = {ticket = head.ticket, line = head.line, promise = iso(head.promise)}
  end
  tell(k.outbox, k.told, branch, "talon.calls", "talon.ticket.called", now, ticket.ticket,
    cjson.encode({call = call, ticket = ticket.ticket, number = ticket.number,
      window = window.window, zone = window.zone, arrived = iso(ticket.arrived),
      called = iso(now), decision = {rule = "earliest_promise", considered = heads}}))

  local window_json, ticket_json = cjson.encode(window), cjson.encode(ticket)
  redis.call("HSET", k.windows, window.window, window_json)
  redis.call("HSET", k.tickets, ticket.ticket, ticket_json)
  redis.call("ZREM", k.ready, window.window)
  show(k.live, "window", window.window, "{}")
  return window_json, ticket_json
end
