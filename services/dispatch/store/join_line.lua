--[[
Let a new ticket wait in its line, or call it at once to a window that is ready for it.
Twin of domain/routing.py: take_in.

Returns  {"waits", missing}
         {"called", missing, window}  JSON
         {"known", missing}           this ticket was heard of before, or its day is over: should
                                      all be heard again, nobody of last week waits
         missing: id of the event after which others were not heard, or nil
]]
local heard    = KEYS[14] -- string  id of the newest event of this story
local arrivals = KEYS[15] -- stream  line, service, standing, arrived (ms)
local closed   = KEYS[16] -- string  the newest day that is over
local record   = ARGV[5] -- JSON of the ticket
local id       = ARGV[6] -- of the event
local previous = ARGV[7]

local missing = follow(heard, id, previous)
local ticket = cjson.decode(record)
if ticket.day <= (redis.call("GET", closed) or "") then return {"known", missing} end
if redis.call("HEXISTS", tickets, ticket.ticket) == 1 then return {"known", missing} end
redis.call("XADD", arrivals, "MAXLEN", "~", 5000, "*", "line", ticket.line,
  "service", ticket.service, "standing", ticket.standing, "arrived", ticket.arrived)
local window = take_in(ticket)
if window then return {"called", missing, window} end
return {"waits", missing}
