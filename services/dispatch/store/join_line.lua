--[[
Let a new ticket wait in its line, or call it at once to a window that is ready for it.
Twin of domain/routing.py: take_in.

Returns  {"waits", missing}
         {"called", missing, window}  JSON
         {"known", missing}           this ticket was heard of before
         missing: id of the event after which others were not heard, or nil
]]
local line     = KEYS[1] -- zset    ticket -> promise, ms
local tickets  = KEYS[2] -- hash    ticket -> JSON
local windows  = KEYS[3] -- hash    window -> JSON
local ready    = KEYS[4] -- zset    ready window -> rank
local heard    = KEYS[5] -- string  id of the newest event of this story
local outbox   = KEYS[6] -- stream  events for the relay
local told     = KEYS[7] -- hash    topic -> id of the branch's newest event
local live     = KEYS[8] -- stream  for the consoles
local branch   = ARGV[1]
local ticket   = ARGV[2]
local record   = ARGV[3] -- JSON of the ticket
local call     = ARGV[4] -- id of the call, should there be one
local now      = ARGV[5] -- ms
local id       = ARGV[6] -- of the event
local previous = ARGV[7]

local missing = follow(heard, id, previous)
if redis.call("HEXISTS", tickets, ticket) == 1 then return {"known", missing} end

local waiting = cjson.decode(record)
for _, window in ipairs(redis.call("ZRANGE", ready, 0, -1)) do
  local candidate = cjson.decode(redis.call("HGET", windows, window))
  for _, served in ipairs(cjson.decode(candidate.serves)) do
    if served == waiting.line then
      local considered = {{line = waiting.line, ticket = ticket, promise = waiting.promise}}
      return {"called", missing, (call_to({windows = windows, tickets = tickets, ready = ready,
        outbox = outbox, told = told, live = live},
        branch, now, candidate, waiting, call, considered))}
    end
  end
end

redis.call("HSET", tickets, ticket, record)
redis.call("ZADD", line, waiting.promise, ticket)
return {"waits", missing}
