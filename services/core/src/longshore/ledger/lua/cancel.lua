#!lua flags=allow-oom
-- Cancel tasks.
-- KEYS  prefix
-- ARGV  by whom, then ids
-- Returns for each: 0 revoked, 1 asked its worker to stop, 2 finished already, 3 unknown, 4 part of a batch
-- include: clock record remember move ready
local now = read_clock()
local out = {}
for i = 2, #ARGV do
  local t = read(ARGV[i])
  if not t then
    out[#out + 1] = 3
  elseif t.b then
    out[#out + 1] = 4
  elseif t.st == 'STARTED' then
    if not t.x then remember(t, 'STARTED', 'asked to stop by ' .. ARGV[1], now) end
    redis.call('HSET', t.key, 'x', ARGV[1])
    redis.call('SADD', P .. 'cancel:' .. holder(t.k), t.id)
    out[#out + 1] = 1
  elseif t.st == 'QUEUED' or waiting(t) then
    revoke(t, now, 'x', ARGV[1])
    unplan(t)
    out[#out + 1] = 0
  else
    out[#out + 1] = t.st == 'REVOKED' and 0 or 2
  end
end
settle()
return out
