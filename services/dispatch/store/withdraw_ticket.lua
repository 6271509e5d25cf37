--[[
A ticket was given up: it leaves its line; if it was called meanwhile, its window is free again.
One that is served or has ended stays as it is: dispatch's word stands.

Returns  {"withdrawn", missing}
         {"freed", missing}  it was called; its window is free again, or rests if a break was due
         {"stays", missing}  nothing to do
         missing: id of the event after which others were not heard, or nil
]]
local heard    = KEYS[14] -- string  id of the newest event of this story
local ticket   = ARGV[5]
local unheard  = ARGV[6] -- JSON of the ticket, should its issue never have been heard
local id       = ARGV[7] -- of the event
local previous = ARGV[8]

local missing = follow(heard, id, previous)
local record = redis.call("HGET", tickets, ticket)
if not record then
  redis.call("HSET", tickets, ticket, unheard) -- so that a late issue does not let it wait
  return {"withdrawn", missing}
end
record = cjson.decode(record)
local was = record.state
if was == "cancelled" then return {"stays", missing} end
if was ~= "waiting" and was ~= "called" and was ~= "deferred" then
  record.given_up = true -- others hold it for cancelled, so it will not wait again
  redis.call("HSET", tickets, ticket, cjson.encode(record))
  return {"stays", missing}
end

if was == "waiting" then dequeue(record) end
redis.call("ZREM", deferred, ticket)
record.state = "cancelled"
keep_ticket(ticket, cjson.encode(record))
if was ~= "called" then return {"withdrawn", missing} end

local window = cjson.decode(redis.call("HGET", windows, record.window))
local fact = {call = window.call, ticket = ticket, window = window.window, reason = "cancelled"}
local due = window.due -- twin of domain/moves.py: parted
window.state, window.since, window.reason = due and "paused" or "free", now, due and due.reason
window.ticket, window.number, window.call, window.recalls, window.recalled, window.due = nil
keep_window(window.window, cjson.encode(window))
say("talon.ticket.no_show", ticket, cjson.encode(fact))
if due then
  say("talon.window.paused", window.window, cjson.encode(
    {window = window.window, operator = window.operator, reason = due.reason}))
end
show_window(window.window)
return {"freed", missing}
