#!lua
-- Run failed lines of a finished batch again: a chunk of corrections for each chunk that has some.
-- KEYS  prefix
-- ARGV  id, entropy, then for each chunk: id of the chunk it corrects, places of the lines in it (JSON list, from
--       0), arguments (JSON)
-- Returns how many lines run again; a chunk with a line that has not failed (any more) is passed over
-- include: clock record move ready admit batch
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local b = redis.call('HMGET', key, 'st', 'n', 'q', 'p', 'tm', 'chunks')
if b[1] ~= 'DONE' and b[1] ~= 'RUNNING' then return 0 end
local number, lines = tonumber(b[6]), 0
for i = 3, #ARGV, 3 do
  local results, places, failed = P .. 'o:' .. ARGV[i], cjson.decode(ARGV[i + 1]), true
  for _, place in ipairs(places) do
    failed = failed and string.sub(redis.call('LINDEX', results, place) or '', 1, 1) == '!'
  end
  local chunk = id .. '.' .. number
  if failed and redis.call('EXISTS', key_of(chunk)) == 0 then -- it may exist: anybody's task can be named like that
    for _, place in ipairs(places) do redis.call('LSET', results, place, '?') end
    local t = { id = chunk, key = key_of(chunk), n = b[2], q = b[3], p = tonumber(b[4]), c = next_stamp(now),
      r = ARGV[2] .. string.format('%x', i), b = id }
    admit(t, 'a', ARGV[i + 2], 'b', id, 'm', #places, 'ot', ARGV[i], 'ix', ARGV[i + 1],
      unpack(b[5] and { 'tm', b[5] } or {}))
    make_ready(t)
    number, lines = number + 1, lines + #places
  end
end
if lines > 0 then
  redis.call('HSET', key, 'st', 'RUNNING', 'chunks', number)
  redis.call('HDEL', key, 'f')
  redis.call('HINCRBY', key, 'done', -lines)
  redis.call('HINCRBY', key, 'failed', -lines)
end
settle_admission()
settle()
return lines
