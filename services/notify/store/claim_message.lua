--[[
Take a message for sending, if it is due and still true; the lease keeps others away.
Under a lease that ran out, a sender died between sending and noting it: the message is in
doubt. A keyed gateway may be given it again, for it knows it by its id; any other must not.

A repeated claim is answered again.

Returns  {"claimed", try, phone, language, number, window, fact_at}  window may be ""
         {"ended", state}  not to be sent (skipped, or unknown when in doubt); told
         {"taken"}         not due: another sender has it, or it is over
]]
local message  = KEYS[1] -- hash
local ticket   = KEYS[2] -- hash
local contact  = KEYS[3] -- hash
local queue    = KEYS[4] -- zset
local states   = KEYS[5] -- hash
local outbox   = KEYS[6] -- stream
local told     = KEYS[7] -- hash
local claim    = ARGV[1] -- names this claim
local keyed    = ARGV[2] -- "yes": the gateway knows a repeat by its id
local wanted   = ARGV[3] -- the state of the ticket in which the message is true
local valid    = ARGV[4] -- ms after the fact for which it is of use
local lease    = ARGV[5] -- ms
local keep     = ARGV[6] -- ms
local about    = cjson.decode(ARGV[7]) -- see move_message.lua

local state, fact_at, holder, try =
  unpack(redis.call("HMGET", message, "state", "fact_at", "claim", "tries"))
local due, real_now = redis.call("ZSCORE", queue, about.name), real_ms()
local again = state == "sending" and holder == claim
if not due or (tonumber(due) > real_now and not again) then return {"taken"} end
if not state then -- a queue that outlived its message: nothing to send
  redis.call("ZREM", queue, about.name)
  return {"taken"}
end

local is, number, window = unpack(redis.call("HMGET", ticket, "state", "number", "window"))
local phone, language = unpack(redis.call("HMGET", contact, "phone", "language"))

local stop = nil
if is ~= wanted or not phone then stop = "overtaken"
elseif tonumber(about.now) >= tonumber(fact_at) + tonumber(valid) then stop = "expired" end

if again and phone then
  return {"claimed", try, phone, language, number, window or "", fact_at}
elseif state == "sending" and (stop or keyed ~= "yes") then
  end_message(message, queue, states, outbox, told, about, "unknown", "in_doubt", keep)
  return {"ended", "unknown"}
elseif stop then
  end_message(message, queue, states, outbox, told, about, "skipped", stop, keep)
  return {"ended", "skipped"}
end

move_message(message, states, "sending")
redis.call("HSET", message, "claim", claim, "tries", try + 1)
redis.call("ZADD", queue, real_now + lease, about.name)
return {"claimed", try + 1, phone, language, number, window or "", fact_at}
