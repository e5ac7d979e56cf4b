#!lua flags=allow-oom
-- Go on with batches whose chunks have to be made ready or revoked, and give up uploads that have stopped.
-- KEYS  prefix
-- ARGV  limit of chunks
-- Returns how many chunks were visited; while there are some, ask again
-- include: clock record damage move ready batch walk
local now = read_clock()

local function give_up(id)
  redis.call('HSET', batch_key(id), 'st', 'REVOKED', 'gu', 1, 'walk', 0, 'f', string.format('%.0f', now))
  redis.call('SREM', P .. 'live', id)
  redis.call('SADD', P .. 'walks', id)
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'uploads', '-inf', string.format('%.0f', now), 'LIMIT', 0, 10)) do
  if get_past('batch ' .. id, give_up, id) then redis.call('ZREM', P .. 'uploads', id) end
end
local visited = 0
for _ = 1, 10 do -- an upload that stopped before its first chunk gives nothing to visit: take the next one
  local id = redis.call('SRANDMEMBER', P .. 'walks')
  if not id or visited > 0 then break end
  local past, chunks = get_past('batch ' .. id, walk, id, tonumber(ARGV[1]), now)
  visited = chunks or 0
  if past and not chunks then redis.call('SREM', P .. 'walks', id) end
end
settle()
raise_failure()
return visited
