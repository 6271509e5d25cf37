--[[
Let an operator serve at a window.

Returns  {"moved", window}                JSON
         {"refused", state}               the window is open already
         {"operator_busy", window}        the operator serves at another window
         {"reused"}                       the command was another one before
A repeated command gets its first answer and changes nothing.
]]
local windows  = KEYS[1] -- hash    window -> JSON
local answer   = KEYS[2] -- string  the reply already given to this command
local outbox   = KEYS[3] -- stream  events for the relay
local told     = KEYS[4] -- hash    topic -> id of the branch's newest event
local live     = KEYS[5] -- stream  for the consoles
local branch   = ARGV[1]
local window   = ARGV[2]
local record   = ARGV[3] -- JSON of the open window: window, zone, state, operator, skills, serves, since
local now      = ARGV[4] -- ms
local keep     = ARGV[5] -- ms to remember the answer

local wanted = cjson.decode(record)
local asked = "open " .. window .. " " .. wanted.operator
local given = answered(answer, asked)
if given then return given end

local current = redis.call("HGET", windows, window)
if current then return {"refused", cjson.decode(current).state} end
for _, other in ipairs(redis.call("HVALS", windows)) do
  other = cjson.decode(other)
  if other.operator == wanted.operator then return {"operator_busy", other.window} end
end

redis.call("HSET", windows, window, record)
tell(outbox, told, branch, "talon.calls", "talon.window.opened", now, window, cjson.encode(
  {window = window, operator = wanted.operator, skills = wanted.skills}))
show(live, "window", window, "{}")
return reply_once(answer, asked, keep, {"moved", record})
