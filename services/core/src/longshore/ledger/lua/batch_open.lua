#!lua
-- Begin a batch; its lines come with batch_add.
-- KEYS  prefix
-- ARGV  id, digest, upload lease in us, then fields and values of the record
-- Returns 0 new, 1 known with the same digest, 2 known with another
-- include: clock record move ready admit batch
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local known = redis.call('HGET', key, 'd')
if known then return known == ARGV[2] and 1 or 2 end
local stamp = string.format('%.0f', next_stamp(now))
redis.call('HSET', key, 'st', 'OPEN', 'd', ARGV[2], 'c', stamp, 'total', 0, 'done', 0, 'failed', 0, 'chunks', 0,
  unpack(ARGV, 4))
redis.call('ZADD', P .. 'batches', stamp, id)
redis.call('ZADD', P .. 'uploads', string.format('%.0f', now + ARGV[3]), id)
settle_admission()
return 0
