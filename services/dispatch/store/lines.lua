-- Included after hall.lua: who waits in which line, and who may serve it.
-- Twin of domain/skills.py: Abilities.level.

local RANKS = {statutory = "0", ["local"] = "1", ordinary = "2", booked = "3"}

local function line_name(ticket)
  return RANKS[ticket.standing] .. ":" .. ticket.line
end

local function enqueue(ticket)
  local name = line_name(ticket)
  redis.call("ZADD", lines .. name, ticket.promise, ticket.ticket)
  redis.call("SADD", peopled, name)
end

local function dequeue(ticket)
  local name = line_name(ticket)
  redis.call("ZREM", lines .. name, ticket.ticket)
  if redis.call("EXISTS", lines .. name) == 0 then redis.call("SREM", peopled, name) end
end

-- At which level a window with these skills serves a line, or nil.
local function level_of(levels, line)
  local level = 1
  for need in line:gmatch("[^+]+") do
    local has = levels[need]
    if not has then return nil end
    if has > level then level = has end
  end
  return level
end
