--[[
Show a message on a simulated phone, once.

Returns  {"delivered"}  shown, or shown before
The live stream carries the message's id only: a phone number stands in no stream.
]]
local messages = KEYS[1] -- hash    id -> message, JSON
local order    = KEYS[2] -- zset    id -> moment of arrival, real ms
local live     = KEYS[3] -- stream  for pages
local id       = ARGV[1]
local message  = ARGV[2] -- JSON
local kept     = ARGV[3] -- messages that the phones remember
local keep     = ARGV[4] -- ms after the newest message

if redis.call("HSETNX", messages, id, message) == 0 then return {"delivered"} end

local time = redis.call("TIME")
redis.call("ZADD", order, time[1] * 1000 + math.floor(time[2] / 1000), id)
for _, old in ipairs(redis.call("ZRANGE", order, 0, -1 - kept)) do
  redis.call("HDEL", messages, old)
  redis.call("ZREM", order, old)
end
redis.call("XADD", live, "MAXLEN", "~", kept, "*", "event", "message", "subject", id, "data", "{}")
for _, key in ipairs({messages, order, live}) do redis.call("PEXPIRE", key, keep) end
return {"delivered"}
