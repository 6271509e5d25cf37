--[[
Take a ticket back at its visitor's wish, unless the visitor is already served.

Returns  {"cancelled"}         just now
         {"cancelled_before"}  by this same command
         {"refused", state}    it cannot be cancelled any more; nothing was changed
         {"unknown"}           no such ticket is kept
         {"reused"}            the command asked for something else before
]]
local ticket      = KEYS[1] -- hash    state, own, own_rank
local day         = KEYS[2] -- hash    withdrawn, tickets in each state
local waiting     = KEYS[3] -- set     tickets of the day that wait
local answer      = KEYS[4] -- string  the reply already given to this command
local outbox      = KEYS[5] -- stream  events for the relay
local told        = KEYS[6] -- hash    topic -> id of the branch's newest event
local branch      = ARGV[1]
local id          = ARGV[2]
local asked       = ARGV[3]
local now         = ARGV[4] -- ms
local rank        = ARGV[5] -- of ticketing's word "cancelled"
local cancellable = cjson.decode(ARGV[6]) -- states
local fact        = ARGV[7] -- the event
local answer_kept = ARGV[8] -- ms

local given = answered(answer, asked)
if given then return given end

local state = redis.call("HGET", ticket, "state")
if not state then return {"unknown"} end
local may = false
for _, legal in ipairs(cancellable) do may = may or legal == state end
if not may then return {"refused", state} end

redis.call("HSET", ticket, "state", "cancelled", "own", "cancelled", "own_rank", rank)
redis.call("HINCRBY", day, state, -1)
redis.call("HINCRBY", day, "cancelled", 1)
redis.call("HINCRBY", day, "withdrawn", 1)
redis.call("SREM", waiting, id)
tell(outbox, told, branch, "talon.tickets", "talon.ticket.cancelled", now, id, fact, "")
reply_once(answer, asked, answer_kept, {"cancelled_before"})
return {"cancelled"}
