--[[
A branch at one moment, as all look at it who look again and again. Only reads.

Returns  {windows, visitors, heads, alarms, head_starts, deferred, consoles}
  windows, alarms, head_starts   field and value of each
  visitors                       JSON of those who are at the windows
  heads                          of each line with somebody in it: name, how many, promise, JSON
  deferred, consoles             member and score of each
]]
local windows    = KEYS[1] -- hash    window -> JSON
local tickets    = KEYS[2] -- hash    ticket -> JSON
local lines      = KEYS[3] -- prefix of zsets: a line's name -> {ticket -> promise, ms}
local peopled    = KEYS[4] -- set     names of the lines with somebody in them
local alarms     = KEYS[5] -- hash    "<kind> <subject>" -> since, ms
local head_start = KEYS[6] -- hash    needs -> ms
local deferred   = KEYS[7] -- zset    ticket -> until, ms
local seen       = KEYS[8] -- zset    window with a console -> when it was heard last, real ms

local places, visitors = redis.call("HGETALL", windows), {}
for i = 2, #places, 2 do
  local ticket = cjson.decode(places[i]).ticket
  local visitor = ticket and redis.call("HGET", tickets, ticket)
  if visitor then visitors[#visitors + 1] = visitor end
end

local heads = {}
for _, name in ipairs(redis.call("SMEMBERS", peopled)) do
  local ticket, promise = unpack(redis.call("ZRANGE", lines .. name, 0, 0, "WITHSCORES"))
  local head = ticket and redis.call("HGET", tickets, ticket)
  if head then
    heads[#heads + 1] = {name, redis.call("ZCARD", lines .. name), promise, head}
  end
end

return {
  places,
  visitors,
  heads,
  redis.call("HGETALL", alarms),
  redis.call("HGETALL", head_start),
  redis.call("ZRANGE", deferred, 0, -1, "WITHSCORES"),
  redis.call("ZRANGE", seen, 0, -1, "WITHSCORES"),
}
