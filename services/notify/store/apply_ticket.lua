--[[
Apply what ticketing says about a ticket, and queue the message that it asks for.

Returns  {"applied", missing, queued}  queued: "yes" or "no"
         {"known", missing, "no"}      this fact, or a later one of ticketing, was applied before
         missing: id of the event after which others were not heard, or null
]]
local ticket   = KEYS[1] -- hash
local contact  = KEYS[2] -- hash
local message  = KEYS[3] -- hash    the one that the fact asks for
local queue    = KEYS[4] -- zset
local states   = KEYS[5] -- hash
local days     = KEYS[6] -- hash
local heard    = KEYS[7] -- string
local outbox   = KEYS[8] -- stream
local told     = KEYS[9] -- hash
local id       = ARGV[1]
local previous = ARGV[2]
local number   = ARGV[3]
local day      = ARGV[4]
local oldest   = ARGV[5] -- the first day that is still kept
local said     = ARGV[6] -- the state that ticketing tells of
local wanted   = ARGV[7] -- the state in which the message is true, or "" for no message
local keep     = ARGV[8] -- ms
local rank     = cjson.decode(ARGV[9]) -- state -> rank
local about    = cjson.decode(ARGV[10]) -- see queue_message.lua

local missing = follow(heard, id, previous)
if not later(id, redis.call("HGET", ticket, "ticketing_at")) then return {"known", missing, "no"} end

redis.call("HSET", ticket, "ticketing_at", id, "number", number, "day", day)
redis.call("PEXPIRE", ticket, keep)
redis.call("PEXPIRE", contact, keep)
local state = settle(ticket, days, "ticketing", said, rank)

for _, field in ipairs(redis.call("HKEYS", days)) do
  if field < oldest then redis.call("HDEL", days, field) end
end

local queued = "no"
if state == wanted and redis.call("EXISTS", contact) == 1 then
  queued = queue_message(message, queue, states, outbox, told, about)
end
return {"applied", missing, queued}
