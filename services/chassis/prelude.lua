-- Loaded before every script of every service. Scripts do not roll back: decide first, write last.
-- An event's id is its place in the outbox of the service that told it: "<ms>-<n>".

-- Whether event `id` was told after event `other`; anything is later than nothing.
local function later(id, other)
  if not other then return true end
  local ms, n = id:match("^(%d+)-(%d+)$")
  local other_ms, other_n = other:match("^(%d+)-(%d+)$")
  ms, other_ms = tonumber(ms), tonumber(other_ms)
  return ms > other_ms or (ms == other_ms and tonumber(n) > tonumber(other_n))
end

-- Where the gaps of a story are noted: a hash of its shard (shards.gaps), and how its fields begin.
-- No slot names it, for every script that follows would; it has the tag of `heard`, hence its slot.
local function gaps_of(heard)
  local shard, partitionkey, topic = heard:match("^(.-}):(.-):heard:(.+)$")
  return shard .. ":gaps", topic .. " " .. partitionkey .. " "
end

-- An event that is not the newest was heard: if it was missing, it is not any more.
local function fill(heard, id, previous)
  local gaps, story = gaps_of(heard)
  local open = redis.call("HGETALL", gaps)
  for i = 1, #open, 2 do
    local after = open[i]:sub(#story + 1)
    local last = open[i + 1]:match("^%S+")
    if open[i] == story .. after and not later(after, previous) and not later(id, last) then
      redis.call("HDEL", gaps, open[i])
      if after ~= previous then redis.call("HSET", gaps, open[i], previous) end
      if id ~= last then redis.call("HSET", gaps, story .. id, last) end
    end
  end
end

-- Move on to event `id` of a story. Returns the id after which events are missing, or false.
-- What is missing is noted as a gap, which an event that comes late fills again.
local function follow(heard, id, previous)
  local last = redis.call("GET", heard) or "0-0"
  if not later(id, last) then
    fill(heard, id, previous)
    return false
  end
  redis.call("SET", heard, id)
  if later(previous, last) then
    local gaps, story = gaps_of(heard)
    redis.call("HSET", gaps, story .. last, previous)
  end
  return previous ~= last and last
end

-- Append an event to the outbox, in the same atomic step as the change it tells of.
-- `told` is a hash: topic -> id of the newest event told about the partition key in that topic.
-- `memo` is for its source alone: JSON of what the step left behind and `data` does not say, from
-- which a lost store is rebuilt; "" for nothing.
local function tell(outbox, told, partitionkey, topic, type, time, subject, data, memo)
  local id = redis.call("XADD", outbox, "*", "partitionkey", partitionkey, "topic", topic,
    "type", type, "time", time, "subject", subject,
    "previous", redis.call("HGET", told, topic) or "0-0", "data", data, "memo", memo)
  redis.call("HSET", told, topic, id)
  return id
end

-- A command is remembered with what was asked, so that a repeat gets the first answer
-- and the same key with another question is found out. Returns the answer, or nil.
local function answered(answer, asked)
  local given = redis.call("GET", answer)
  if not given then return nil end
  given = cjson.decode(given)
  if given.asked ~= asked then return {"reused"} end
  return given.reply
end

-- Remember the reply (a list of strings) to a command for `keep` ms, and return it.
local function reply_once(answer, asked, keep, reply)
  redis.call("SET", answer, cjson.encode({asked = asked, reply = reply}), "PX", keep)
  return reply
end

-- Show a change to the pages that listen. `subject` says whom it concerns.
local function show(live, event, subject, data)
  redis.call("XADD", live, "MAXLEN", "~", 1000, "*",
    "event", event, "subject", subject, "data", data)
end

-- A moment in ms since the epoch as RFC 3339 in UTC. Days to dates after H. Hinnant,
-- "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
local function iso(ms)
  ms = tonumber(ms)
  local z = math.floor(ms / 86400000)
  local rest = ms - z * 86400000
  z = z + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524)
    - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return string.format("%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year, month,
    doy - math.floor((153 * mp + 2) / 5) + 1, math.floor(rest / 3600000),
    math.floor(rest / 60000) % 60, math.floor(rest / 1000) % 60, rest % 1000)
end
