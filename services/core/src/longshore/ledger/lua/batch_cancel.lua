#!lua flags=allow-oom
-- Cancel a batch, or give up an upload that broke off.
-- KEYS  prefix
-- ARGV  id, limit of chunks to revoke at once; the scheduler does the rest
-- Returns 0 revoked, 1 finished already, 2 unknown
-- include: clock record move ready batch walk
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local state = batch_state(id)
if not state then return 2 end
if state == 'DONE' then return 1 end
if state == 'REVOKED' then return 0 end
redis.call('HSET', key, 'st', 'REVOKED', 'walk', 0, 'f', string.format('%.0f', now))
redis.call('ZREM', P .. 'uploads', id)
walk(id, tonumber(ARGV[2]), now)
settle()
return 0
