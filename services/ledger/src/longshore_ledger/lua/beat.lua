#!lua flags=allow-oom
-- A worker is alive; what does it have to hear?
-- KEYS  prefix
-- ARGV  worker, info (JSON), heartbeat timeout us, doubt us, grace us, most ids of what it runs
-- Returns three lists: ids it holds that are to be cancelled, ids somebody doubts that it runs, ids that it runs as
--         far as the ledger knows (of many, so many by chance); and who asks it to drain (JSON), or nil
-- include: clock record damage grace
local now = read_clock()
local worker = ARGV[1]
in_grace(now, tonumber(ARGV[3]), tonumber(ARGV[5]))
redis.call('ZADD', P .. 'workers', string.format('%.0f', now), worker)
redis.call('HSET', P .. 'worker', worker, ARGV[2])
-- It was only out of reach: what it was blamed for is taken back, where that still matters.
local function take_back(id, run, crashes)
  local t = read(id)
  if t and t.r == run then redis.call('HSET', t.key, 'dd', math.max(0, t.dd - crashes), 'sp', 0) end
end

for _, member in ipairs(redis.call('SMEMBERS', P .. 'blamed:' .. worker)) do
  local id, run, crashes = string.match(member, '^(.*)|(.*)|(.)$')
  get_past(id, take_back, id, run, crashes)
end
redis.call('DEL', P .. 'blamed:' .. worker)
redis.call('SREM', P .. 'crowded', worker)
local doubted = {}
for i, member in ipairs(redis.call('SMEMBERS', P .. 'doubt:' .. worker)) do
  -- The time to confirm runs from the first hearing; LT: that may lie behind us when the clock has fallen back.
  redis.call('ZADD', P .. 'doubt', 'LT', string.format('%.0f', now + ARGV[4]), member)
  doubted[i] = string.match(member, '^(.*)|')
end
raise_failure()
return { redis.call('SMEMBERS', P .. 'cancel:' .. worker), doubted,
  redis.call('SRANDMEMBER', P .. 'run:' .. worker, ARGV[6]), redis.call('HGET', P .. 'drain', worker) }
