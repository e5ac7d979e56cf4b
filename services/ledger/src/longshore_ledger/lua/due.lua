#!lua flags=allow-oom
-- Make ready what is due.
-- KEYS  prefix
-- ARGV  limit
-- Returns how many were due; with `limit` of them, ask again
-- include: clock record damage ready
local now = read_clock()
local ids = redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
local past = {}

local function ready(id)
  local t = read(id)
  if t and waiting(t) then make_ready(t) end
end

for _, id in ipairs(ids) do
  if get_past(id, ready, id) then past[#past + 1] = id end
end
many('ZREM', P .. 'due', past)
raise_failure()
return #ids
