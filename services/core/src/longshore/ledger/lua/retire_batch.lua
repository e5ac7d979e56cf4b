#!lua flags=allow-oom
-- Forget the oldest finished batch that ended before a time, some of its chunks at a call.
-- KEYS  prefix
-- ARGV  ended before (us), limit of chunks, offset among the batches
-- Returns 1 when something was forgotten, 0 when that batch is to stay, -1 when there is none
-- include: record batch
local id = redis.call('ZRANGE', P .. 'batches', ARGV[3], ARGV[3])[1]
if not id then return -1 end
local key = batch_key(id)
local b = redis.call('HMGET', key, 'st', 'f', 'chunks', 'n', 'q', 'parts')
if (b[1] ~= 'DONE' and b[1] ~= 'REVOKED') or tonumber(b[2] or 0) >= tonumber(ARGV[1])
  or redis.call('SISMEMBER', P .. 'walks', id) == 1 then return 0 end
local chunks = tonumber(b[3])
for n = chunks - 1, math.max(0, chunks - ARGV[2]), -1 do
  local chunk = id .. '.' .. n
  local state = redis.call('HGET', key_of(chunk), 'st')
  if state == 'STARTED' or redis.call('ZSCORE', P .. 'out:' .. b[5], chunk) then return 0 end
  redis.call('ZREM', P .. 'c:' .. state .. ':' .. b[5] .. ':' .. b[4] .. ':part', chunk)
  redis.call('DEL', key_of(chunk), P .. 'o:' .. chunk)
  redis.call('HSET', key, 'chunks', n, 'parts', math.min(n, tonumber(b[6])))
end
if tonumber(redis.call('HGET', key, 'chunks')) == 0 then
  redis.call('DEL', key)
  redis.call('ZREM', P .. 'batches', id)
end
return 1
