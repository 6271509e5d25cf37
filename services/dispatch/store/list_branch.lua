--[[
Note that a branch was heard of. The list has no branch's tag, so this is a step of its own.

Returns  {"noted"}
]]
local branches = KEYS[1] -- set
local branch   = ARGV[1]

redis.call("SADD", branches, branch)
return {"noted"}
