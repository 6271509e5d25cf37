--[[
Whether an outbox has an event.

Returns  {"there"} or {"forgotten"}
]]
local outbox = KEYS[1] -- stream
local id     = ARGV[1]

local found = redis.call("XRANGE", outbox, id, id)
return {#found == 1 and "there" or "forgotten"}
