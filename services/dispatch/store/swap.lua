--[[
Put a decision in place, if all that it was made from is still as it was seen.

Returns  {"moved", reply...}  what the caller wants to be answered
         {"changed"}          somebody was faster; nothing was changed: look again and decide anew
         {"reused"}           the command was another one before
A repeated command gets its first answer and changes nothing.
]]
local answer  = KEYS[14] -- string  the reply already given to this command
local asked   = ARGV[5] -- the command in words
local changes = cjson.decode(ARGV[6]) -- list: of ("windows", "tickets" or "operators"), field,
-- was and new: JSON, or "" for none
local facts   = cjson.decode(ARGV[7]) -- list: type, subject, data (JSON)
local visit   = cjson.decode(ARGV[8]) -- a visit that is over: names and values; [] for none
local reply   = cjson.decode(ARGV[9]) -- list of strings
local keep    = ARGV[10] -- ms to remember the answer

local given = answered(answer, asked)
if given then return given end

local where = {windows = windows, tickets = tickets, operators = operators}
for _, change in ipairs(changes) do
  if (redis.call("HGET", where[change.of], change.field) or "") ~= change.was then
    return {"changed"}
  end
end

local wait = {} -- tickets that wait from now on
for _, change in ipairs(changes) do
  local key, field = where[change.of], change.field
  if change.of == "operators" then
    if change.new == "" then redis.call("HDEL", key, field)
    else redis.call("HSET", key, field, change.new) end
  elseif change.of == "windows" then
    keep_window(field, change.new)
    redis.call("ZREM", ready, field)
    show_window(field)
  else
    keep_ticket(field, change.new)
    local was, new = cjson.decode(change.was), cjson.decode(change.new)
    if was.state == "waiting" then dequeue(was) end
    redis.call("ZREM", deferred, field)
    if new.state == "deferred" then redis.call("ZADD", deferred, new["until"], field) end
    if new.state == "waiting" then wait[#wait + 1] = new end
  end
end
if #visit > 0 then keep_visit(visit) end
for _, fact in ipairs(facts) do say(fact.type, fact.subject, fact.data) end
for _, ticket in ipairs(wait) do take_in(ticket) end
return reply_once(answer, asked, keep, {"moved", unpack(reply)})
