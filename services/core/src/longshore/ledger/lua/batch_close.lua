#!lua flags=allow-oom
-- The upload has ended: run what it brought.
-- KEYS  prefix
-- ARGV  id, limit of chunks to make ready at once; the scheduler does the rest
-- Returns 1, now or before; 0 when there is no such batch or it was revoked
-- include: clock record move ready batch walk
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local state = batch_state(id)
if state ~= 'OPEN' then return (state == 'RUNNING' or state == 'DONE') and 1 or 0 end
redis.call('HSET', key, 'st', 'RUNNING', 'walk', 0)
redis.call('ZREM', P .. 'uploads', id)
walk(id, tonumber(ARGV[2]), now)
tally(id, 0, 0, now)
settle()
return 1
