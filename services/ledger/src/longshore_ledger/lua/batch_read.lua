#!lua flags=allow-oom
-- Somebody reads the lines of a batch: retention leaves it alone for a while.
-- KEYS  prefix
-- ARGV  id, lease in us
-- Returns state, when it ended, chunks made, chunks of the file; nothing where there is no such batch
-- include: clock record move batch
local now = read_clock()
local b = redis.call('HMGET', batch_key(ARGV[1]), 'st', 'f', 'chunks', 'from_file')
if not b[1] then return {} end
redis.call('ZADD', P .. 'reads', 'GT', string.format('%.0f', now + ARGV[2]), ARGV[1])
return b
