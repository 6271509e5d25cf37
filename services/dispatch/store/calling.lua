-- Included after choosing.lua: a ticket is called to a window, and why is told.

local MOST_TOLD = 20 -- heads that an event names
local STANDINGS = {["0"] = "statutory", ["1"] = "local", ["2"] = "ordinary", ["3"] = "booked"}

-- Which rule decided; heads best first, the first is called.
local function rule_of(heads)
  if heads[1].level == 2 then return "helps_out" end
  if heads[1].rank == "0" then return "statutory" end
  return #heads > 1 and "earliest_promise" or "only_one"
end

-- A privilege is used up by its call and comes back after some others of the line.
local function count_call(head)
  local since = calls_without(head.line)
  local privileged = head.rank == "1" and since >= rules.local_share - 1
  since = privileged and 0 or math.min(since + 1, rules.local_share)
  redis.call("HSET", calls_since, head.line, since)
  remember("calls_since", head.line, since)
end

-- Call a ticket (not in a line any more) to a window: both change, the event is told.
local function call_to(window, ticket, heads)
  count_call(heads[1])
  window.state, window.since = "calling", now
  window.ticket, window.number, window.call, window.recalls = ticket.ticket, ticket.number, call, 0
  ticket.state, ticket.since, ticket.window, ticket.called = "called", now, window.window, now

  local kept, said = {}, {}
  for i = 1, math.min(#heads, MOST_TOLD) do
    local h = heads[i]
    local standing = STANDINGS[h.rank]
    kept[i] = {ticket = h.ticket, line = h.line, standing = standing, level = h.level,
      promise = h.promise, by = h.by}
    said[i] = {ticket = h.ticket, line = h.line, standing = standing, level = h.level,
      promise = iso(h.promise), weighed = iso(h.by)}
  end
  local rule = rule_of(heads)
  ticket.decision = {rule = rule, considered = kept, rules = rules.version}
  local window_json, ticket_json = cjson.encode(window), cjson.encode(ticket)
  keep_window(window.window, window_json)
  keep_ticket(ticket.ticket, ticket_json)
  redis.call("ZREM", ready, window.window)
  say("talon.ticket.called", ticket.ticket, cjson.encode({call = call, ticket = ticket.ticket,
    number = ticket.number, window = window.window, zone = window.zone,
    arrived = iso(ticket.arrived), called = iso(now),
    decision = {rule = rule, considered = said, rules = rules.version}}))
  show_window(window.window)
  return window_json, ticket_json
end
