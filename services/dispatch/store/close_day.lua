--[[
A day is closed: windows that were last touched in it close, whoever is still there is let go with
that reason, and tickets of earlier days that have ended are forgotten.

Returns  {"closed", missing}  id of the event after which others were not heard, or nil
]]
local heard    = KEYS[14] -- string  id of the newest event of this story
local rulebook = KEYS[15] -- hash    version -> JSON of the centre's rules
local closed   = KEYS[16] -- string  the newest day that is over
local day      = ARGV[5] -- ISO date
local ends     = ARGV[6] -- ms, of that day
local id       = ARGV[7] -- of the event
local previous = ARGV[8]

-- A visitor whose end nobody noted. Who was called did not come; who was served is done.
local function let_go(window)
  local ticket = cjson.decode(redis.call("HGET", tickets, window.ticket))
  local fact = {call = window.call, ticket = window.ticket, window = window.window}
  local calling = window.state == "calling"
  if calling then ticket.state, fact.reason = "no_show", "day_end"
  else ticket.state, fact.outcome = "finished", "day_end" end
  keep_ticket(window.ticket, cjson.encode(ticket))
  say(calling and "talon.ticket.no_show" or "talon.service.finished", window.ticket,
    cjson.encode(fact))
end

if day > (redis.call("GET", closed) or "") then redis.call("SET", closed, day) end
local is_new = later(id, redis.call("GET", heard))
local missing = follow(heard, id, previous)

for _, window in ipairs(redis.call("HVALS", windows)) do
  window = cjson.decode(window)
  if tonumber(window.since) < tonumber(ends) then
    if window.ticket then let_go(window) end
    keep_window(window.window, "")
    redis.call("HDEL", operators, window.operator)
    redis.call("ZREM", ready, window.window)
    say("talon.window.closed", window.window,
      cjson.encode({window = window.window, operator = window.operator, reason = "day_end"}))
    show_window(window.window)
  end
end

local ended = {finished = true, no_show = true, cancelled = true}
-- Kafka forgets what is older than a month; rules are a record, and live on by being told again.
local versions = is_new and redis.call("HGETALL", rulebook) or {}
for i = 1, #versions, 2 do say("talon.rules.published", versions[i], versions[i + 1]) end

local all = redis.call("HGETALL", tickets)
for i = 1, #all, 2 do
  local ticket = cjson.decode(all[i + 1])
  if ended[ticket.state] and ticket.day < day then redis.call("HDEL", tickets, all[i]) end
end
return {"closed", missing}
