#!lua flags=allow-oom
-- A worker is alive; what does it have to hear?
-- KEYS  prefix
-- ARGV  worker, info (JSON), lapse us, grace us
-- Returns two lists: ids it holds that are to be cancelled, ids somebody doubts that it runs
-- include: clock record grace
local now = read_clock()
local worker = ARGV[1]
in_grace(now, tonumber(ARGV[3]), tonumber(ARGV[4]))
redis.call('ZADD', P .. 'workers', string.format('%.0f', now), worker)
redis.call('HSET', P .. 'worker', worker, ARGV[2])
local doubted = {}
for _, member in ipairs(redis.call('ZRANGE', P .. 'doubt', 0, 999)) do
  local id, token = string.match(member, '^(.*)|(.*)$')
  if holder(token) == worker then doubted[#doubted + 1] = id end
end
return { redis.call('SMEMBERS', P .. 'cancel:' .. worker), doubted }
