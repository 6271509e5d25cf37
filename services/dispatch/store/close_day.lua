--[[
A day is closed: windows that were opened in it and serve nobody close, and tickets of earlier
days that have ended are forgotten.

Returns  {"closed", missing}  id of the event after which others were not heard, or nil
]]
local windows  = KEYS[1] -- hash    window -> JSON
local tickets  = KEYS[2] -- hash    ticket -> JSON
local ready    = KEYS[3] -- zset    ready window -> rank
local heard    = KEYS[4] -- string  id of the newest event of this story
local outbox   = KEYS[5] -- stream  events for the relay
local told     = KEYS[6] -- hash    topic -> id of the branch's newest event
local live     = KEYS[7] -- stream  for the consoles
local branch   = ARGV[1]
local day      = ARGV[2] -- ISO date
local ends     = ARGV[3] -- ms, of that day
local now      = ARGV[4] -- ms
local id       = ARGV[5] -- of the event
local previous = ARGV[6]

local missing = follow(heard, id, previous)

local idle = {free = true, ready = true, paused = true}
for _, window in ipairs(redis.call("HVALS", windows)) do
  window = cjson.decode(window)
  if idle[window.state] and tonumber(window.since) < tonumber(ends) then
    redis.call("HDEL", windows, window.window)
    redis.call("ZREM", ready, window.window)
    tell(outbox, told, branch, "talon.calls", "talon.window.closed", now, window.window,
      cjson.encode({window = window.window, operator = window.operator, reason = "day_end"}))
    show(live, "window", window.window, "{}")
  end
end

local ended = {finished = true, no_show = true, cancelled = true}
local all = redis.call("HGETALL", tickets)
for i = 1, #all, 2 do
  local ticket = cjson.decode(all[i + 1])
  if ended[ticket.state] and ticket.day < day then redis.call("HDEL", tickets, all[i]) end
end
return {"closed", missing}
