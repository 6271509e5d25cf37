-- Included after calling.lua: a ticket waits, or a window that is ready takes it in.
-- Twin of domain/routing.py: take_in.

-- The ready window that a ticket goes to: own work before help, few skills before many, then the
-- longest ready. Nil if there is none.
local function ready_for(line)
  local best, best_level
  for _, name in ipairs(redis.call("ZRANGE", ready, 0, -1)) do -- longest ready first
    local window = cjson.decode(redis.call("HGET", windows, name))
    local level = level_of(window.levels, line)
    if level and (not best or level < best_level
        or (level == best_level and window.breadth < best.breadth)) then
      best, best_level = window, level
    end
  end
  return best, best_level
end

-- Let a ticket wait in its line, or call it at once to a window that is ready for it; returns that
-- window as JSON, or nil.
local function take_in(ticket)
  local window, level = ready_for(ticket.line)
  if not window then
    redis.call("HSET", tickets, ticket.ticket, cjson.encode(ticket)) -- others told of it
    return enqueue(ticket)
  end
  return (call_to(window, ticket, {{ticket = ticket.ticket, line = ticket.line, level = level,
    rank = RANKS[ticket.standing], promise = ticket.promise, by = ticket.promise}}))
end
