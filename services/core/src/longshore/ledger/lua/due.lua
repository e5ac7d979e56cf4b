#!lua flags=allow-oom
-- Make ready what is due.
-- KEYS  prefix
-- ARGV  limit
-- Returns how many were due; with `limit` of them, ask again
-- include: clock record ready
local now = read_clock()
local ids = redis.call('ZRANGEBYSCORE', P .. 'due', '-inf', string.format('%.0f', now), 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do
  local t = read(id)
  if t and waiting(t) then make_ready(t) end
end
if #ids > 0 then redis.call('ZREM', P .. 'due', unpack(ids)) end
return #ids
