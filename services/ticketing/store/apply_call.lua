--[[
Take dispatch's word for where a ticket stands, if it is newer than the one known.
Twin of domain/tickets.py: settled.

Returns  {"applied", missing}
         {"known", missing}    this event, or a later one about the ticket, was applied before
         {"unknown", missing}  no such ticket is kept
         missing: id of the event after which others were not heard, or nil
]]
local ticket   = KEYS[1] -- hash    as in keys.py
local days     = KEYS[2] -- prefix of the days' keys; hashes  tickets in each state
local waitings = KEYS[3] -- prefix; sets  tickets of a day that wait
local heard    = KEYS[4] -- string  id of the newest event of this story
local name     = ARGV[1] -- id of the ticket
local word     = ARGV[2] -- the state that dispatch says
local rank     = ARGV[3] -- of that word
local window   = ARGV[4]
local called   = ARGV[5] -- ms, or "" if not said
local id       = ARGV[6]
local previous = ARGV[7]

local missing = follow(heard, id, previous)
local was, own, own_rank, at, day =
  unpack(redis.call("HMGET", ticket, "state", "own", "own_rank", "at", "day"))
if not was then return {"unknown", missing} end
if not later(id, at) then return {"known", missing} end

local state = tonumber(own_rank) > tonumber(rank) and own or word
redis.call("HSET", ticket, "state", state, "dispatch", word, "window", window, "at", id)
if called ~= "" then redis.call("HSET", ticket, "called", called) end
if state ~= was then
  redis.call("HINCRBY", days .. day, was, -1)
  redis.call("HINCRBY", days .. day, state, 1)
  redis.call("SREM", waitings .. day, name)
end
return {"applied", missing}
