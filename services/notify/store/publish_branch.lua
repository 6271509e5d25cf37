--[[
Keep the newest word on a branch. The topic is compacted, so events before it may be gone for
good: that is no gap.

Returns  {"kept"}   from now on the branch is so
         {"known"}  this fact, or a later one, is kept already
]]
local catalogue = KEYS[1] -- hash
local id        = ARGV[1]
local branch    = ARGV[2] -- JSON

if not later(id, redis.call("HGET", catalogue, "at")) then return {"known"} end
redis.call("HSET", catalogue, "at", id, "branch", branch)
return {"kept"}
