#!lua flags=allow-oom
-- An upload broke off: nothing of it runs. What was closed, or is filled by another upload, goes on.
-- KEYS  prefix
-- ARGV  id, limit of chunks to revoke at once (the scheduler does the rest), token of the upload or "" for whichever
-- Returns 1 given up, 0 not
-- include: clock record damage move ready batch walk
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local b = redis.call('HMGET', key, 'st', 'o')
if b[1] ~= 'OPEN' or (ARGV[3] ~= '' and b[2] ~= ARGV[3]) then return 0 end
redis.call('HSET', key, 'st', 'REVOKED', 'gu', 1, 'walk', 0, 'f', string.format('%.0f', now))
redis.call('ZREM', P .. 'uploads', id)
redis.call('SREM', P .. 'live', id)
walk(id, tonumber(ARGV[2]), now)
settle()
raise_failure()
return 1
