--[[
Change the break plan of the branch, and tell of it as it is then.

Returns  {"planned", n}  so many breaks are planned
]]
local breaks  = KEYS[1] -- hash    operator -> JSON: at, length (ms)
local outbox  = KEYS[2] -- stream  events for the relay
local told    = KEYS[3] -- hash    topic -> id of the branch's newest event
local branch  = ARGV[1]
local now     = ARGV[2] -- ms
local whole   = ARGV[3] -- "yes": what is not named goes
local changes = cjson.decode(ARGV[4]) -- operator -> JSON, "" for no break any more

if whole == "yes" then redis.call("DEL", breaks) end
for operator, rest in pairs(changes) do
  if rest == "" then redis.call("HDEL", breaks, operator)
  else redis.call("HSET", breaks, operator, rest) end
end

local said, all = {}, redis.call("HGETALL", breaks)
for i = 1, #all, 2 do
  local rest = cjson.decode(all[i + 1])
  said[#said + 1] = cjson.encode(
    {operator = all[i], at = iso(rest.at), minutes = rest.length / 60000})
end
local fact = '{"breaks":[' .. table.concat(said, ",") .. "]}"
tell(outbox, told, branch, "talon.calls", "talon.breaks.planned", now, "", fact, "")
return {"planned", #said}
