--[[
Apply what dispatch says about a ticket: show it on boards, and queue the message it asks for.

Returns  {"applied", missing, queued}  queued: "yes" or "no"
         {"known", missing, "no"}      this fact, or a later one of dispatch, was applied before
         missing: id of the event after which others were not heard, or null
]]
local ticket   = KEYS[1] -- hash
local contact  = KEYS[2] -- hash
local message  = KEYS[3] -- hash    the one that the fact asks for
local queue    = KEYS[4] -- zset
local states   = KEYS[5] -- hash
local days     = KEYS[6] -- hash
local calls    = KEYS[7] -- hash
local order    = KEYS[8] -- zset
local waits    = KEYS[9] -- list
local live     = KEYS[10] -- stream
local heard    = KEYS[11] -- string
local outbox   = KEYS[12] -- stream
local told     = KEYS[13] -- hash
local id       = ARGV[1]
local previous = ARGV[2]
local said     = ARGV[3] -- the state that dispatch tells of
local wanted   = ARGV[4] -- the state in which the message is true, or "" for no message
local keep     = ARGV[5] -- ms, until ticketing tells the ticket's day
local rank     = cjson.decode(ARGV[6]) -- state -> rank
local board    = cjson.decode(ARGV[7]) -- nothing, or call, state, place, kept; of a call also entry,
-- number, window, wait (but of a recall); event, subject, data unless it is too old for boards
local about    = cjson.decode(ARGV[8]) -- see queue_message.lua

local missing = follow(heard, id, previous)
if not later(id, redis.call("HGET", ticket, "dispatch_at")) then return {"known", missing, "no"} end

redis.call("HSET", ticket, "dispatch_at", id)
if redis.call("PTTL", ticket) < 0 then redis.call("PEXPIRE", ticket, keep) end
local state = settle(ticket, days, "dispatch", said, rank)

if board.wait and redis.call("HEXISTS", ticket, "window") == 0 then -- its first call
  redis.call("LPUSH", waits, board.wait)
  redis.call("LTRIM", waits, 0, 99)
end
if board.entry then
  redis.call("HSET", ticket, "number", board.number, "window", board.window)
  redis.call("HSET", calls, board.call, board.entry)
  redis.call("ZADD", order, board.place, board.call)
  for _, old in ipairs(redis.call("ZRANGE", order, 0, -1 - board.kept)) do
    redis.call("ZREM", order, old)
    redis.call("HDEL", calls, old, old .. ":state")
  end
end
if board.call and redis.call("HEXISTS", calls, board.call) == 1 then
  redis.call("HSET", calls, board.call .. ":state", board.state)
end
if board.event then show(live, board.event, board.subject, board.data) end

local queued = "no"
if state == wanted and redis.call("EXISTS", contact) == 1 then
  queued = queue_message(message, queue, states, outbox, told, about)
end
return {"applied", missing, queued}
