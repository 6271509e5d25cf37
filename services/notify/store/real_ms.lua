-- Real time in ms, by the store's own clock: for leases and pauses, whatever the day.
local function real_ms()
  local time = redis.call("TIME")
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
