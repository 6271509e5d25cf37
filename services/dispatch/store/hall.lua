-- Included first by the scripts that move people in a hall: the slots that all of them have.
-- Records are the JSON of records.py. A line's name is "<rank>:<needs>": 0 ahead by law, 1 ahead by
-- the centre's own rule, 2 ordinary, 3 booked; each is a zset of its own.
local windows     = KEYS[1] -- hash    window -> JSON; a closed one has no field
local tickets     = KEYS[2] -- hash    ticket -> JSON
local operators   = KEYS[3] -- hash    operator -> window
local ready       = KEYS[4] -- zset    ready window -> since, ms
local lines       = KEYS[5] -- prefix of zsets: a line's name -> {ticket -> promise, ms}
local peopled     = KEYS[6] -- set     names of the lines with somebody in them
local calls_since = KEYS[7] -- hash    needs -> calls since one went ahead by the centre's own rule
local head_start  = KEYS[8] -- hash    needs -> ms
local deferred    = KEYS[9] -- zset    ticket -> until, ms
local outbox      = KEYS[10] -- stream events for the relay
local told        = KEYS[11] -- hash   topic -> id of the branch's newest event
local live        = KEYS[12] -- stream for the consoles
local visits      = KEYS[13] -- stream operator, service, began, length (ms)
local branch      = ARGV[1]
local now         = ARGV[2] -- ms
local rules       = cjson.decode(ARGV[3]) -- version, local_share; ms: booking_lead, help_before,
-- most_head_start
local call        = ARGV[4] -- id of the call, should there be one

-- What was changed and not told yet: a memo for rebuilding this store, see domain/remembered.py.
-- So everything is kept before it is told.
local changed = {}

local function remember(of, name, json)
  changed[#changed + 1] = string.format('[%s,%s,%s]', cjson.encode(of), cjson.encode(name), json)
end

-- A closed window is kept by having none.
local function keep_window(window, json)
  if json == "" then redis.call("HDEL", windows, window)
  else redis.call("HSET", windows, window, json) end
  remember("window", window, json == "" and "null" or json)
end

local function keep_ticket(ticket, json)
  redis.call("HSET", tickets, ticket, json)
  remember("ticket", ticket, json)
end

-- Something took its time: names and values.
local function keep_visit(visit)
  redis.call("XADD", visits, "MAXLEN", "~", 20000, "*", unpack(visit))
  remember("visit", "", cjson.encode(visit))
end

local function say(type, subject, data)
  local memo = #changed > 0 and "[" .. table.concat(changed, ",") .. "]" or ""
  tell(outbox, told, branch, "talon.calls", type, now, subject, data, memo)
  changed = {}
end

local function show_window(window)
  show(live, "window", window, "{}")
end
