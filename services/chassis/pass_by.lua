--[[
Hear an event that changes nothing here, so that the next one is not taken for a gap.

Returns  {"passed", missing}  id of the event after which others were not heard, or nil
]]
local heard    = KEYS[1] -- string  id of the newest event of this story
local id       = ARGV[1]
local previous = ARGV[2]

return {"passed", follow(heard, id, previous)}
