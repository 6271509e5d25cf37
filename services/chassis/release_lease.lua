--[[
Give a shard back on a graceful stop, so that the next relay need not wait for the expiry.

Returns  {"released"} or {"lost"}
]]
local lease = KEYS[1] -- string with expiry  token of the holder
local token = ARGV[1]

if redis.call("GET", lease) ~= token then return {"lost"} end
redis.call("DEL", lease)
return {"released"}
