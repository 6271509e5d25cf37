--[[
Write fields of a hash.

Returns  {"written"}
]]
local hash   = KEYS[1] -- hash
local whole  = ARGV[1] -- "yes": other fields go
local keep   = ARGV[2] -- ms until all of it goes; "0": never
local fields = cjson.decode(ARGV[3]) -- field -> value, or false: it goes

if whole == "yes" then redis.call("DEL", hash) end
for field, value in pairs(fields) do
  if value then
    redis.call("HSET", hash, field, value)
  else
    redis.call("HDEL", hash, field)
  end
end
if keep ~= "0" then redis.call("PEXPIRE", hash, keep) end
return {"written"}
