#!lua flags=allow-oom
-- Forget a batch that ended before a time. First its chunks are looked at, some at a call: when none of them runs or
-- has a copy out, the batch is gone for everybody at one stroke. Then its chunks are forgotten, some at a call.
-- KEYS  prefix
-- ARGV  id, ended before (us), limit of chunks
-- Returns how many chunks were forgotten, and 1 when it is to be asked again
-- include: clock record damage move batch forget
local id, limit = ARGV[1], tonumber(ARGV[3])
local key, gone = batch_key(id), gone_key(id)
local now = read_clock()

local function forget()
  local chunks = tonumber(redis.call('HGET', gone, 'chunks'))
  local left = forget_chunks(id, gone, limit)
  if left == 0 then
    redis.call('DEL', gone)
    redis.call('SREM', P .. 'gone', id)
  end
  return { chunks - left, left > 0 and 1 or 0 }
end

if redis.call('EXISTS', gone) == 1 then return forget() end
redis.call('ZREMRANGEBYSCORE', P .. 'reads', '-inf', string.format('%.0f', now))
local b = redis.call('HMGET', key, 'st', 'f', 'chunks', 'q', 'seen')
if (b[1] ~= 'DONE' and b[1] ~= 'REVOKED') or tonumber(b[2] or 0) >= tonumber(ARGV[2])
  or redis.call('SISMEMBER', P .. 'walks', id) == 1 or redis.call('ZSCORE', P .. 'reads', id) then
  return { 0, 0 }
end
local chunks, seen = tonumber(b[3]), tonumber(b[5] or 0)
local upto = math.min(chunks, seen + limit)
for n = seen, upto - 1 do
  local chunk = id .. '.' .. n
  -- A copy that is still out would be unknown, and parked, when it comes.
  local h = fields_of(key_of(chunk), { 'st' })
  if h and h.st == 'STARTED' or redis.call('ZSCORE', P .. 'out:' .. b[4], chunk) then
    return { 0, 0 }
  end
end
redis.call('HSET', key, 'seen', upto)
if upto < chunks then return { 0, 1 } end
redis.call('RENAME', key, gone)
redis.call('ZREM', P .. 'batches', id)
redis.call('SADD', P .. 'gone', id)
return forget()
