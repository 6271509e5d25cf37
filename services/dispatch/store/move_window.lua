--[[
Move a window, and the ticket that is there, from one state to another: recall, start, finish,
no-show, pause, resume, close. What is legal comes from domain/windows.py: MOVES.

Returns  {"moved", window, ticket}  JSON of both, the ticket "" where none is concerned
         {"refused", state}         the window's state does not allow it; nothing was changed
         {"reused"}                 the command was another one before
A repeated command gets its first answer and changes nothing.
]]
local windows   = KEYS[1] -- hash    window -> JSON
local tickets   = KEYS[2] -- hash    ticket -> JSON
local ready     = KEYS[3] -- zset    ready window -> rank
local answer    = KEYS[4] -- string  the reply already given to this command
local outbox    = KEYS[5] -- stream  events for the relay
local told      = KEYS[6] -- hash    topic -> id of the branch's newest event
local live      = KEYS[7] -- stream  for the consoles
local branch    = ARGV[1]
local window    = ARGV[2]
local asked     = ARGV[3] -- the command in words
local come_from = cjson.decode(ARGV[4]) -- list of states
local to        = ARGV[5] -- state of the window
local ticket_to = ARGV[6] -- state of the ticket; "" leaves it alone
local type      = ARGV[7] -- of the event
local fields    = cjson.decode(ARGV[8]) -- names: what the event says of the window
local reason    = ARGV[9] -- "" for none
local now       = ARGV[10] -- ms
local keep      = ARGV[11] -- ms to remember the answer

local given = answered(answer, asked)
if given then return given end

local record = redis.call("HGET", windows, window)
record = record and cjson.decode(record) or {state = "closed"}
local legal = false
for _, state in ipairs(come_from) do legal = legal or state == record.state end
if not legal then return {"refused", record.state} end

if to == "calling" then record.times = record.times + 1 else record.since = now end
record.state, record.reason = to, reason ~= "" and reason or nil

local data = {reason = record.reason}
for _, field in ipairs(fields) do data[field] = record[field] end
tell(outbox, told, branch, "talon.calls", type, now, record.ticket or window, cjson.encode(data))

local ticket = ""
if ticket_to ~= "" then
  ticket = cjson.decode(redis.call("HGET", tickets, record.ticket))
  ticket.state = ticket_to
  ticket = cjson.encode(ticket)
  redis.call("HSET", tickets, record.ticket, ticket)
end
if to == "free" then
  record.ticket, record.number, record.call, record.times, record.considered = nil
end
local json = cjson.encode(record)
if to == "closed" then redis.call("HDEL", windows, window)
else redis.call("HSET", windows, window, json) end
redis.call("ZREM", ready, window)
show(live, "window", window, "{}")
return reply_once(answer, asked, keep, {"moved", json, ticket})
