--[[
Keep what was published of a branch, if it is newer than what is kept. The topic is compacted,
so earlier versions may be gone without anything being missing.

Returns  {"kept"} or {"older"}
]]
local published = KEYS[1] -- hash  data, id
local data      = ARGV[1] -- JSON
local id        = ARGV[2] -- of the event

if not later(id, redis.call("HGET", published, "id") or nil) then return {"older"} end
redis.call("HSET", published, "id", id, "data", data)
return {"kept"}
