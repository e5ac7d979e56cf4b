-- The one clock: microseconds of the ledger's server. Tests load a clock of their own in its place.
local function read_clock()
  local t = redis.call('TIME')
  return t[1] * 1000000 + t[2]
end
