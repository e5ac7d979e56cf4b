#!lua flags=allow-oom
-- Go on with batches whose chunks have to be made ready or revoked, and give up uploads that have stopped.
-- KEYS  prefix
-- ARGV  limit of chunks
-- Returns how many chunks were visited; while there are some, ask again
-- include: clock record move ready batch walk
local now = read_clock()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'uploads', '-inf', string.format('%.0f', now), 'LIMIT', 0, 10)) do
  redis.call('HSET', batch_key(id), 'st', 'REVOKED', 'walk', 0, 'f', string.format('%.0f', now))
  redis.call('ZREM', P .. 'uploads', id)
  redis.call('SADD', P .. 'walks', id)
end
local visited = 0
for _ = 1, 10 do -- an upload that stopped before its first chunk gives nothing to visit: take the next one
  local id = redis.call('SRANDMEMBER', P .. 'walks')
  if not id or visited > 0 then break end
  visited = walk(id, tonumber(ARGV[1]), now)
end
settle()
return visited
