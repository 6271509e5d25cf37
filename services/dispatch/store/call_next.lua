--[[
Call to a window, of the tickets at the heads of its lines, the one whose promise falls first.
With nobody there the window becomes ready for the next suitable arrival.
Twin of domain/routing.py: choose.

Returns  {"called", window, ticket}  both as JSON
         {"nobody", window}          the window is ready
         {"refused", state}          the window is not idle; nothing was changed
         {"changed"}                 the window serves other lines than asked about; ask again
         {"reused"}                  the command was another one before
A repeated command gets its first answer and changes nothing.
]]
local windows = KEYS[1] -- hash    window -> JSON
local tickets = KEYS[2] -- hash    ticket -> JSON
local ready   = KEYS[3] -- zset    ready window -> rank
local answer  = KEYS[4] -- string  the reply already given to this command
local outbox  = KEYS[5] -- stream  events for the relay
local told    = KEYS[6] -- hash    topic -> id of the branch's newest event
local live    = KEYS[7] -- stream  for the consoles
local lines   = {unpack(KEYS, 8)} -- zsets  ticket -> promise, ms; those that the window serves
local branch  = ARGV[1]
local window  = ARGV[2]
local serves  = ARGV[3] -- JSON list: names of `lines`
local call    = ARGV[4] -- id of the call, should there be one
local now     = ARGV[5] -- ms
local keep    = ARGV[6] -- ms to remember the answer

local asked = "next " .. window
local given = answered(answer, asked)
if given then return given end

local record = redis.call("HGET", windows, window)
record = record and cjson.decode(record) or {state = "closed"}
if record.state ~= "free" and record.state ~= "ready" then return {"refused", record.state} end
if record.serves ~= serves then return {"changed"} end

local heads = heads_of(cjson.decode(serves), lines)
if #heads == 0 then
  if record.state == "free" then
    record.state, record.since = "ready", now
    redis.call("HSET", windows, window, cjson.encode(record))
    redis.call("ZADD", ready, rank_of(record), window)
    tell(outbox, told, branch, "talon.calls", "talon.window.ready", now, window,
      cjson.encode({window = window, operator = record.operator}))
    show(live, "window", window, "{}")
  end
  return reply_once(answer, asked, keep, {"nobody", cjson.encode(record)})
end

local best = heads[1]
local ticket = cjson.decode(redis.call("HGET", tickets, best.ticket))
for _, line in ipairs(lines) do redis.call("ZREM", line, best.ticket) end
return reply_once(answer, asked, keep, {"called", call_to(
  {windows = windows, tickets = tickets, ready = ready, outbox = outbox, told = told, live = live},
  branch, now, record, ticket, call, heads)})
