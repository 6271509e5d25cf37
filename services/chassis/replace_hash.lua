--[[
Let a hash have these fields and no others.

Returns  {"replaced"}
]]
local hash   = KEYS[1] -- hash
local keep   = ARGV[1] -- ms until all of it goes; "0": never
local fields = cjson.decode(ARGV[2]) -- field -> value

redis.call("DEL", hash)
for field, value in pairs(fields) do redis.call("HSET", hash, field, value) end
if keep ~= "0" then redis.call("PEXPIRE", hash, keep) end
return {"replaced"}
