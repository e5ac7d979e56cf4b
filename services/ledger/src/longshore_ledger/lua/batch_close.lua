#!lua flags=allow-oom
-- The upload has ended: run what it brought.
-- KEYS  prefix
-- ARGV  id, limit of chunks to make ready at once (the scheduler does the rest), token of the upload or "" for
--       whichever, digest of the whole file or ""
-- Returns 1, now or before; 0 when there is no such batch, or it was revoked, or another upload fills it
-- include: clock record damage move ready batch walk
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local b = redis.call('HMGET', key, 'st', 'o')
if ARGV[3] ~= '' and b[2] ~= ARGV[3] then return 0 end
if b[1] ~= 'OPEN' then return (b[1] == 'RUNNING' or b[1] == 'DONE') and 1 or 0 end
redis.call('HSET', key, 'st', 'RUNNING', 'walk', 0, 'dg', ARGV[4])
redis.call('ZREM', P .. 'uploads', id)
walk(id, tonumber(ARGV[2]), now)
tally(id, 0, 0, now)
settle()
raise_failure()
return 1
