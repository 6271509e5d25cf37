--[[
Take a cancelled ticket out of its line; if it was called meanwhile, free the window.
A ticket that is served or has ended stays as it is: dispatch's word stands.

Returns  {"withdrawn", missing}
         {"freed", missing}  it was called; its window is free again
         {"stays", missing}  nothing to do
         missing: id of the event after which others were not heard, or nil
]]
local lines    = KEYS[1] -- prefix of the lines' keys; zsets  ticket -> promise, ms
local tickets  = KEYS[2] -- hash    ticket -> JSON
local windows  = KEYS[3] -- hash    window -> JSON
local heard    = KEYS[4] -- string  id of the newest event of this story
local outbox   = KEYS[5] -- stream  events for the relay
local told     = KEYS[6] -- hash    topic -> id of the branch's newest event
local live     = KEYS[7] -- stream  for the consoles
local branch   = ARGV[1]
local ticket   = ARGV[2]
local unheard  = ARGV[3] -- JSON of the ticket, should its issue never have been heard
local now      = ARGV[4] -- ms
local id       = ARGV[5] -- of the event
local previous = ARGV[6]

local missing = follow(heard, id, previous)
local record = redis.call("HGET", tickets, ticket)
if not record then
  redis.call("HSET", tickets, ticket, unheard) -- so that a late issue does not let it wait
  return {"withdrawn", missing}
end
record = cjson.decode(record)
if record.state ~= "waiting" and record.state ~= "called" then return {"stays", missing} end

local was = record.state
record.state = "cancelled"
redis.call("HSET", tickets, ticket, cjson.encode(record))
if was == "waiting" then
  redis.call("ZREM", lines .. record.line, ticket)
  return {"withdrawn", missing}
end

local window = cjson.decode(redis.call("HGET", windows, record.window))
tell(outbox, told, branch, "talon.calls", "talon.ticket.no_show", now, ticket, cjson.encode(
  {call = window.call, ticket = ticket, window = window.window, reason = "cancelled"}))
window.state, window.since = "free", now
window.ticket, window.number, window.call, window.times, window.considered = nil
redis.call("HSET", windows, window.window, cjson.encode(window))
show(live, "window", window.window, "{}")
return {"freed", missing}
