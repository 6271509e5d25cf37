--[[
Keep the phone of a ticket, and tell its holder that the ticket waits, if it does.
The ticket may be unknown as yet: then the contact is kept for a while, until ticketing speaks.

Returns  {"kept", queued}  queued: "yes" or "no"
         {"reused"}        this command asked for something else before; nothing was changed
A repeated command gets its first answer and changes nothing.
]]
local ticket      = KEYS[1] -- hash
local contact     = KEYS[2] -- hash
local message     = KEYS[3] -- hash    about the issue
local queue       = KEYS[4] -- zset
local states      = KEYS[5] -- hash
local outbox      = KEYS[6] -- stream
local told        = KEYS[7] -- hash
local answer      = KEYS[8] -- string
local asked       = ARGV[1]
local phone       = ARGV[2]
local language    = ARGV[3]
local consent     = ARGV[4] -- version of the text that was agreed to
local wanted      = ARGV[5] -- the state in which the message is true
local unknown     = ARGV[6] -- ms to keep the contact of a ticket not heard of
local remember    = ARGV[7] -- ms to remember the answer
local about       = cjson.decode(ARGV[8]) -- see queue_message.lua

local before = answered(answer, asked)
if before then return before end

local issued, state = unpack(redis.call("HMGET", ticket, "ticketing_at", "state"))
redis.call("HSET", contact, "phone", phone, "language", language, "consent", consent,
  "consent_at", about.now)
redis.call("PEXPIRE", contact, issued and redis.call("PTTL", ticket) or unknown)

local queued = "no"
if issued and state == wanted then
  queued = queue_message(message, queue, states, outbox, told, about)
end
return reply_once(answer, asked, remember, {"kept", queued})
