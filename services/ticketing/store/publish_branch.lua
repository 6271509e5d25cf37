--[[
Take over a branch as it is from now on, and tell the others if it changed.

Returns  {"changed"}  it is new or differs from what was known
         {"same"}     it was known so
         {"reused"}   the command asked for something else before; nothing was changed
]]
local published   = KEYS[1] -- hash    json, digest
local branches    = KEYS[2] -- set     codes of the shard's branches
local answer      = KEYS[3] -- string  the reply already given to this command
local outbox      = KEYS[4] -- stream  events for the relay
local told        = KEYS[5] -- hash    topic -> id of the branch's newest event
local branch      = ARGV[1]
local asked       = ARGV[2]
local json        = ARGV[3]
local digest      = ARGV[4]
local fact        = ARGV[5] -- the event
local now         = ARGV[6] -- ms
local answer_kept = ARGV[7] -- ms

local given = answered(answer, asked)
if given then return given end
if redis.call("HGET", published, "digest") == digest then
  return reply_once(answer, asked, answer_kept, {"same"})
end

redis.call("HSET", published, "json", json, "digest", digest)
redis.call("SADD", branches, branch)
tell(outbox, told, branch, "talon.catalogue", "talon.branch.published", now, branch, fact, json)
return reply_once(answer, asked, answer_kept, {"changed"})
