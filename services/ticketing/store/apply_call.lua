--[[
Take dispatch's word for where a ticket stands, if it is newer than the one known.
Twin of domain/tickets.py: settled.

Returns  {"applied", missing}
         {"known", missing}    this event, or a later one about the ticket, was applied before
         {"unknown", missing}  no such ticket is kept
         missing: id of the event after which others were not heard, or nil
]]
local ticket    = KEYS[1] -- hash    as in keys.py
local days      = KEYS[2] -- prefix of the days' keys; hashes  closed, tickets in each state
local waitings  = KEYS[3] -- prefix; sets  tickets of a day that wait
local open_days = KEYS[4] -- set     days not closed yet
local heard     = KEYS[5] -- string  id of the newest event of this story
local name      = ARGV[1] -- id of the ticket
local word      = ARGV[2] -- the state that dispatch says
local rank      = ARGV[3] -- of that word
local fields    = cjson.decode(ARGV[4]) -- what else is said: name, value, name, value …
local in_line   = cjson.decode(ARGV[5]) -- states that the end of the day cancels
local day_kept  = ARGV[6] -- ms
local id        = ARGV[7]
local previous  = ARGV[8]

local missing = follow(heard, id, previous)
local was, own, own_rank, at, day =
  unpack(redis.call("HMGET", ticket, "state", "own", "own_rank", "at", "day"))
if not was then return {"unknown", missing} end
if not later(id, at) then return {"known", missing} end

local state = tonumber(own_rank) > tonumber(rank) and own or word
redis.call("HSET", ticket, "state", state, "dispatch", word, "at", id, unpack(fields))
if state == was then return {"applied", missing} end

redis.call("HINCRBY", days .. day, was, -1)
redis.call("HINCRBY", days .. day, state, 1)
local waits = false
for _, one in ipairs(in_line) do waits = waits or one == state end
if waits then
  redis.call("SADD", waitings .. day, name)
  redis.call("PEXPIRE", waitings .. day, day_kept)
  redis.call("SADD", open_days, day) -- who came too late for its end is cancelled all the same
else
  redis.call("SREM", waitings .. day, name)
end
return {"applied", missing}
