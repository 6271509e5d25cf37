--[[
Keep a version of the centre's rules; it is a record and never changes.

Returns  {"kept"} or {"known"} (the same again) or {"taken"} (the version has other rules)
]]
local rules   = KEYS[1] -- hash    version -> JSON
local outbox  = KEYS[2] -- stream  events for the relay
local told    = KEYS[3] -- hash    topic -> id of the branch's newest event
local live    = KEYS[4] -- stream  for the consoles
local branch  = ARGV[1]
local version = ARGV[2]
local text    = ARGV[3] -- JSON
local now     = ARGV[4] -- ms

local known = redis.call("HGET", rules, version)
if known then return {known == text and "known" or "taken"} end
redis.call("HSET", rules, version, text)
tell(outbox, told, branch, "talon.calls", "talon.rules.published", now, version, text, "")
show(live, "rules", version, "{}")
return {"kept"}
