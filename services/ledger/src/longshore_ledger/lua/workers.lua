#!lua flags=allow-oom,no-writes
-- Who works, all of one moment. A script, since MULTI is refused when memory is full.
-- KEYS  prefix
-- Returns workers and their last beats (us), what they are (JSON) by worker, those who are asked to drain
-- include: record
return { redis.call('ZRANGE', P .. 'workers', 0, -1, 'WITHSCORES'), redis.call('HGETALL', P .. 'worker'),
  redis.call('HKEYS', P .. 'drain') }
