#!lua
-- Begin a batch; its lines come with batch_add.
-- KEYS  prefix
-- ARGV  id, digest, upload lease in us, entropy, then fields and values of the record
-- Returns 0 new, 1 known with the same digest, 2 known with another
-- include: clock record move ready admit batch
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local known = redis.call('HMGET', key, 'd', 'o')
if known[2] == ARGV[4] then return 0 end -- asked again after an answer that got lost
if known[1] then return known[1] == ARGV[2] and 1 or 2 end
local stamp = string.format('%.0f', next_stamp(now))
redis.call('HSET', key, 'st', 'OPEN', 'd', ARGV[2], 'o', ARGV[4], 'c', stamp, 'total', 0, 'done', 0, 'failed', 0,
  'chunks', 0, 'parts', 0, unpack(ARGV, 5))
redis.call('ZADD', P .. 'batches', stamp, id)
redis.call('ZADD', P .. 'uploads', string.format('%.0f', now + ARGV[3]), id)
settle_admission()
return 0
