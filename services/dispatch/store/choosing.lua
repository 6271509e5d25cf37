-- Included after lines.lua: who comes next at a window. Twin of domain/routing.py: choose.

local function calls_without(line)
  return tonumber(redis.call("HGET", calls_since, line) or rules.local_share)
end

-- When the head of a line would be called without any privilege.
local function plain_of(head)
  return tonumber(cjson.decode(redis.call("HGET", tickets, head.ticket)).plain)
end

-- Weigh the head of a line: its promise, less the line's head start; without the privilege of
-- the centre's own rule if one of the line went ahead a short while ago; a booking by whether its
-- hour has come.
local function weigh(head)
  head.by = head.promise
  if head.rank == "1" and calls_without(head.line) < rules.local_share - 1 then
    head.by = plain_of(head)
  elseif head.rank == "3" and rules.booking_lead > 0 then
    local due = head.promise <= tonumber(now)
    head.by = due and head.promise - rules.booking_lead or plain_of(head)
  end
  local start = tonumber(redis.call("HGET", head_start, head.line) or 0)
  head.by = head.by - math.min(start, rules.most_head_start)
end

-- Whom a window with these skills may call now, best first.
local function candidates(levels)
  local found, own, near = {}, false, tonumber(now) + rules.help_before
  for _, name in ipairs(redis.call("SMEMBERS", peopled)) do
    local rank, line = name:match("^(%d):(.*)$")
    local level = level_of(levels, line)
    if level then
      local ticket, promise = unpack(redis.call("ZRANGE", lines .. name, 0, 0, "WITHSCORES"))
      local head = {ticket = ticket, line = line, rank = rank, level = level,
        promise = tonumber(promise)}
      weigh(head)
      own = own or level == 1
      found[#found + 1] = head
    end
  end
  local called = {}
  for _, head in ipairs(found) do
    if not own or head.level == 1 or head.promise <= near then called[#called + 1] = head end
  end
  table.sort(called, function(a, b)
    if (a.rank == "0") ~= (b.rank == "0") then return a.rank == "0" end
    if a.by ~= b.by then return a.by < b.by end
    return a.ticket < b.ticket
  end)
  return called
end
