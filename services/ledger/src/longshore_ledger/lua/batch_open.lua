#!lua
-- Begin a batch; its lines come with batch_add. One whose upload broke off begins anew, and so does one that another
-- upload of the same payload still fills: whoever asks last has the connection that works.
-- KEYS  prefix
-- ARGV  id, digest, upload lease in us, token of the upload, limit of chunks to forget, key that uploads or "", how
--       many of its tasks may be unfinished (0: any number), then fields and values of the record
-- Returns 0 new, 1 known with the same digest, 2 known with another, 3 cancelled before, 4 the key has as many
-- unfinished tasks as it may; -1 what an earlier one left is being forgotten: ask again
-- include: clock record damage move ready admit batch forget room
local now = read_clock()
local id, key, limit = ARGV[1], batch_key(ARGV[1]), tonumber(ARGV[5])
local known = redis.call('HMGET', key, 'd', 'o', 'st', 'gu')
if known[2] == ARGV[4] and known[3] ~= 'REVOKED' then return 0 end -- asked again after an answer that got lost
if known[1] and not known[4] then
  if known[1] ~= ARGV[2] then return 2 end
  if known[3] == 'REVOKED' then return 3 end
  if known[3] ~= 'OPEN' then return 1 end
end
-- What has begun goes on: one that another upload still fills, or what this one is clearing away.
if known[3] ~= 'OPEN' and known[2] ~= ARGV[4] and room_of(ARGV[6], ARGV[7]) <= 0 then return 4 end
if known[1] then -- nothing of it has run, or ever will
  redis.call('HSET', key, 'st', 'REVOKED', 'gu', 1, 'f', string.format('%.0f', now), 'total', 0, 'from_file', 0, 'o',
    ARGV[4])
  redis.call('ZREM', P .. 'uploads', id)
  redis.call('SREM', P .. 'walks', id)
  redis.call('ZREM', P .. 'batches', id)
  if forget_chunks(id, key, limit) > 0 then return -1 end
  redis.call('DEL', key)
elseif redis.call('EXISTS', gone_key(id)) == 1 then
  if forget_chunks(id, gone_key(id), limit) > 0 then return -1 end
  redis.call('DEL', gone_key(id))
  redis.call('SREM', P .. 'gone', id)
end
local stamp = string.format('%.0f', next_stamp(now))
redis.call('HSET', key, 'st', 'OPEN', 'd', ARGV[2], 'o', ARGV[4], 'c', stamp, 'total', 0, 'done', 0, 'failed', 0,
  'chunks', 0, 'from_file', 0, unpack(ARGV, 8))
redis.call('ZADD', P .. 'batches', stamp, id)
redis.call('SADD', P .. 'live', id)
redis.call('ZADD', P .. 'uploads', string.format('%.0f', now + ARGV[3]), id)
settle_admission()
return 0
