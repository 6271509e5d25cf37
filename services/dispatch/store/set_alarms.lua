--[[
Let these alarms be raised and no others; tell of those that are new or over.

Returns  {raised, cleared}  how many
]]
local alarms = KEYS[1] -- hash    "<kind> <subject>" -> since, ms
local outbox = KEYS[2] -- stream  events for the relay
local told   = KEYS[3] -- hash    topic -> id of the branch's newest event
local live   = KEYS[4] -- stream  for the pages
local branch = ARGV[1]
local wanted = cjson.decode(ARGV[2]) -- "<kind> <subject>" -> true
local now    = ARGV[3] -- ms

local function say(type, key)
  local kind, subject = key:match("^(%S+) (.*)$")
  tell(outbox, told, branch, "talon.calls", type, now, subject,
    cjson.encode({kind = kind, subject = subject}), "")
end

local raised, cleared = 0, 0
for _, key in ipairs(redis.call("HKEYS", alarms)) do
  if wanted[key] then wanted[key] = nil
  else
    redis.call("HDEL", alarms, key)
    say("talon.alarm.cleared", key)
    cleared = cleared + 1
  end
end
for key in pairs(wanted) do
  redis.call("HSET", alarms, key, now)
  say("talon.alarm.raised", key)
  raised = raised + 1
end
if raised + cleared > 0 then show(live, "alarms", "", "{}") end
return {raised, cleared}
