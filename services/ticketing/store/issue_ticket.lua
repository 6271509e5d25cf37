--[[
Issue a ticket with the next number of the branch's day, once a command.
The number is written as domain/numbering.py does.

Returns  {"issued", id, number, ms}  of this ticket, or of the one that the command got before
         {"shut"}    no tickets are given out, or the day was closed; nothing was changed
         {"reused"}  the command asked for something else before; nothing was changed
]]
local ticket      = KEYS[1] -- hash    as in keys.py
local day         = KEYS[2] -- hash    issued, closed, tickets in each state
local waiting     = KEYS[3] -- set     tickets of the day that wait
local open_days   = KEYS[4] -- set     days not closed yet
local answer      = KEYS[5] -- string  the reply already given to this command
local outbox      = KEYS[6] -- stream  events for the relay
local told        = KEYS[7] -- hash    topic -> id of the branch's newest event
local branch      = ARGV[1]
local id          = ARGV[2]
local asked       = ARGV[3]
local door        = ARGV[4] -- "open" or "shut"
local date        = ARGV[5]
local now         = ARGV[6] -- ms
local prefix      = ARGV[7]
local fields      = cjson.decode(ARGV[8]) -- of the ticket: name, value, name, value …
local fact        = cjson.decode(ARGV[9]) -- the event, but for its number
local ticket_kept = ARGV[10] -- ms
local day_kept    = ARGV[11] -- ms
local answer_kept = ARGV[12] -- ms

local given = answered(answer, asked)
if given then return given end
if door == "shut" or redis.call("HEXISTS", day, "closed") == 1 then return {"shut"} end

local count = redis.call("HINCRBY", day, "issued", 1)
local number = string.format("%s %03d", prefix, count)
redis.call("HINCRBY", day, "waiting", 1)
redis.call("PEXPIRE", day, day_kept)
redis.call("SADD", open_days, date)
redis.call("SADD", waiting, id)
redis.call("PEXPIRE", waiting, day_kept)
redis.call("HSET", ticket, "number", number, unpack(fields))
redis.call("PEXPIRE", ticket, ticket_kept)

fact.number = number -- no list in it is empty: cjson would write an object
tell(outbox, told, branch, "talon.tickets", "talon.ticket.issued", now, id, cjson.encode(fact),
  cjson.encode(fields))
return reply_once(answer, asked, answer_kept, {"issued", id, number, now})
