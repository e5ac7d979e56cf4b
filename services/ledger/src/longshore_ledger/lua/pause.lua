#!lua flags=allow-oom
-- Pause a queue, or go on with it.
-- KEYS  prefix
-- ARGV  queue, who paused it and when (JSON), or "" to go on
-- Returns 1 when that changed something, else 0
-- include: clock record ready
if ARGV[2] ~= '' then return redis.call('HSETNX', P .. 'paused', ARGV[1], ARGV[2]) end
wake()
return redis.call('HDEL', P .. 'paused', ARGV[1])
