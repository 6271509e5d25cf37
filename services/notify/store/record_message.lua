--[[
Note what became of a try to send a message, if that try is still the last.

Returns  {"noted"}
         {"stale"}  the lease ran out and another sender took it, or it is over; nothing was changed
]]
local message  = KEYS[1] -- hash
local queue    = KEYS[2] -- zset
local states   = KEYS[3] -- hash
local outbox   = KEYS[4] -- stream
local told     = KEYS[5] -- hash
local claim    = ARGV[1]
local state    = ARGV[2] -- what it moves to
local reason   = ARGV[3] -- of a failure, else ""
local detail   = ARGV[4] -- for people
local pause    = ARGV[5] -- ms before the next try, if it moves to queued
local keep     = ARGV[6] -- ms
local about    = cjson.decode(ARGV[7]) -- see move_message.lua

local is, last = unpack(redis.call("HMGET", message, "state", "claim"))
if is ~= "sending" or last ~= claim then return {"stale"} end

if detail ~= "" then redis.call("HSET", message, "detail", detail) end
if state == "queued" then
  move_message(message, states, state)
  redis.call("ZADD", queue, real_ms() + pause, about.name)
else
  end_message(message, queue, states, outbox, told, about, state, reason, keep)
end
return {"noted"}
