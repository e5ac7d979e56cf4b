#!lua flags=allow-oom
-- Cancel a batch: what of it has not run never does. Of one that was done, what runs again is cancelled, and it is
-- done once more.
-- KEYS  prefix
-- ARGV  id, limit of chunks to revoke at once (the scheduler does the rest), by whom
-- Returns 0 revoked, 1 finished already, 2 unknown
-- include: clock record damage move ready batch walk
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local b = redis.call('HMGET', key, 'st', 'ag')
if not b[1] then return 2 end
if b[1] == 'DONE' then return 1 end
if b[1] == 'REVOKED' then return 0 end
if not b[2] then
  redis.call('HSET', key, 'st', 'REVOKED', 'f', string.format('%.0f', now))
  redis.call('SREM', P .. 'live', id)
end
redis.call('HSET', key, 'x', ARGV[3], 'walk', 0)
redis.call('ZREM', P .. 'uploads', id)
walk(id, tonumber(ARGV[2]), now)
settle()
raise_failure()
return 0
