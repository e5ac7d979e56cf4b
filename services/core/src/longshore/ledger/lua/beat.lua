#!lua flags=allow-oom
-- A worker is alive; what does it have to hear?
-- KEYS  prefix
-- ARGV  worker, info (JSON), lapse us, doubt us, grace us
-- Returns two lists: ids it holds that are to be cancelled, ids somebody doubts that it runs;
--         and who asks it to drain (JSON), or nil
-- include: clock record grace
local now = read_clock()
local worker = ARGV[1]
in_grace(now, tonumber(ARGV[3]), tonumber(ARGV[5]))
redis.call('ZADD', P .. 'workers', string.format('%.0f', now), worker)
redis.call('HSET', P .. 'worker', worker, ARGV[2])
local doubted = {}
for i, member in ipairs(redis.call('SMEMBERS', P .. 'doubt:' .. worker)) do
  -- The time to vouch runs from the first hearing; LT: that may lie behind us when the clock has fallen back.
  redis.call('ZADD', P .. 'doubt', 'LT', string.format('%.0f', now + ARGV[4]), member)
  doubted[i] = string.match(member, '^(.*)|')
end
return { redis.call('SMEMBERS', P .. 'cancel:' .. worker), doubted, redis.call('HGET', P .. 'drain', worker) }
