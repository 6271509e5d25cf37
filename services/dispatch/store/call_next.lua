--[[
Call to a window whom routing.choose chooses; with nobody there the window becomes ready for the
next suitable arrival.

Returns  {"called", window, ticket}  both as JSON
         {"nobody", window}          the window is ready
         {"refused", state}          the window is not idle; nothing was changed
         {"reused"}                  the command was another one before
A repeated command gets its first answer and changes nothing.
]]
local answer = KEYS[14] -- string  the reply already given to this command
local window = ARGV[5]
local idle   = cjson.decode(ARGV[6]) -- state -> true
local keep   = ARGV[7] -- ms to remember the answer

local asked = "next " .. window
local given = answered(answer, asked)
if given then return given end

local record = redis.call("HGET", windows, window)
record = record and cjson.decode(record) or {state = "closed"}
if not idle[record.state] then return {"refused", record.state} end

local heads = candidates(record.levels)
if #heads == 0 then
  if record.state ~= "ready" then
    record.state, record.since = "ready", now
    keep_window(window, cjson.encode(record))
    redis.call("ZADD", ready, now, window)
    say("talon.window.ready", window,
      cjson.encode({window = window, operator = record.operator}))
    show_window(window)
  end
  return reply_once(answer, asked, keep, {"nobody", cjson.encode(record)})
end

local ticket = cjson.decode(redis.call("HGET", tickets, heads[1].ticket))
if record.state == "tidying" and tonumber(ticket.arrived) <= tonumber(record.since) then
  -- somebody waited all the while: so long does tidying take
  keep_visit({"kind", "tidied", "operator", record.operator, "service", "",
    "began", record.since, "length", now - record.since})
end
dequeue(ticket)
return reply_once(answer, asked, keep, {"called", call_to(record, ticket, heads)})
