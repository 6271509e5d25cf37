--[[
Cancel some tickets of a day that nobody will be called on any more; when none waits, close it.
A closed day stays closed: of those who wait again after its end only their cancelling is told.

Returns  {"closing", n}  n were cancelled, others still wait
         {"closed", n}   n were cancelled, and the day is closed
         {"before", n}   n were cancelled; it was closed before
]]
local day       = KEYS[1] -- hash    issued, withdrawn, closed, tickets in each state
local waiting   = KEYS[2] -- set     tickets of the day that wait
local open_days = KEYS[3] -- set     days not closed yet
local outbox    = KEYS[4] -- stream  events for the relay
local told      = KEYS[5] -- hash    topic -> id of the branch's newest event
local tickets   = {unpack(KEYS, 6)} -- hashes  state, number, own, own_rank
local branch    = ARGV[1]
local date      = ARGV[2]
local now       = ARGV[3] -- ms
local rank      = ARGV[4] -- of ticketing's word "cancelled"
local in_line   = cjson.decode(ARGV[5]) -- states that are cancelled
local day_kept  = ARGV[6] -- ms
local ids       = cjson.decode(ARGV[7]) -- one for each key in tickets
local fact      = cjson.decode(ARGV[8]) -- a TicketCancelled, but for ticket and number

local ends = {}
for _, state in ipairs(in_line) do ends[state] = true end
local cancelled = 0
for i, id in ipairs(ids) do
  local state, number = unpack(redis.call("HMGET", tickets[i], "state", "number"))
  if state and ends[state] then
    cancelled = cancelled + 1
    redis.call("HSET", tickets[i], "state", "cancelled", "own", "cancelled", "own_rank", rank)
    redis.call("HINCRBY", day, state, -1)
    redis.call("HINCRBY", day, "cancelled", 1)
    redis.call("HINCRBY", day, "withdrawn", 1)
    fact.ticket, fact.number = id, number
    tell(outbox, told, branch, "talon.tickets", "talon.ticket.cancelled", now, id,
      cjson.encode(fact), "")
  end
  redis.call("SREM", waiting, id)
end
if redis.call("SCARD", waiting) > 0 then return {"closing", cancelled} end

redis.call("SREM", open_days, date)
if redis.call("HSETNX", day, "closed", now) == 0 then return {"before", cancelled} end
redis.call("PEXPIRE", day, day_kept)
local issued, withdrawn = unpack(redis.call("HMGET", day, "issued", "withdrawn"))
tell(outbox, told, branch, "talon.tickets", "talon.day.closed", now, "", cjson.encode(
  {day = date, issued = tonumber(issued or 0), cancelled = tonumber(withdrawn or 0)}), "")
return {"closed", cancelled}
