--[[
Hear an event that changes nothing here, so that the next one is not taken for a gap.

Returns  {"passed", missing}  missing as in apply_call.lua
]]
local heard    = KEYS[1] -- string  id of the newest event of this story
local id       = ARGV[1]
local previous = ARGV[2]

return {"passed", follow(heard, id, previous)}
