#!lua
-- Run failed lines of a finished batch again: a chunk of corrections for each chunk that has some.
-- KEYS  prefix
-- ARGV  id, entropy, then for each chunk: id of the chunk it corrects, places of the lines in it (JSON list, from
--       0), arguments (JSON)
-- Returns how many lines run again; a chunk with a line that has not failed (any more) is passed over. While a line
-- waits for its correction, it is "?" and what it was: see chunk_revoked.
-- include: clock record damage move ready admit batch
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local b = redis.call('HMGET', key, 'st', 'n', 'q', 'p', 'tm', 'chunks', 'x', 'ct', 'cl', 'by')
if b[8] == ARGV[2] then return tonumber(b[9]) end -- asked again after an answer that got lost
if (b[1] ~= 'DONE' and b[1] ~= 'RUNNING') or b[7] then return 0 end
local number, lines = tonumber(b[6]), 0

local function correct(i)
  local results, places, failed = P .. 'o:' .. ARGV[i], cjson.decode(ARGV[i + 1]), true
  for _, place in ipairs(places) do
    failed = failed and string.sub(redis.call('LINDEX', results, place) or '', 1, 1) == '!'
  end
  if failed then
    while redis.call('EXISTS', key_of(id .. '.' .. number)) == 1 do number = number + 1 end -- a task from before such
    local chunk = id .. '.' .. number -- names were the chunks' alone
    for _, place in ipairs(places) do
      redis.call('LSET', results, place, '?' .. redis.call('LINDEX', results, place))
    end
    local t = { id = chunk, key = key_of(chunk), n = b[2], q = b[3], p = tonumber(b[4]), c = next_stamp(now),
      r = ARGV[2] .. string.format('%x', i), b = id, by = b[10] }
    admit(t, 'a', ARGV[i + 2], 'b', id, 'm', #places, 'ot', ARGV[i], 'ix', ARGV[i + 1],
      unpack(inherited(b[5], b[10])))
    make_ready(t)
    number, lines = number + 1, lines + #places
  end
end

for i = 3, #ARGV, 3 do get_past(ARGV[i], correct, i) end
if lines > 0 then
  redis.call('HSET', key, 'st', 'RUNNING', 'chunks', number)
  if b[1] == 'DONE' then redis.call('HSET', key, 'ag', 1) end
  redis.call('HDEL', key, 'f', 'seen')
  redis.call('SADD', P .. 'live', id)
  redis.call('HINCRBY', key, 'done', -lines)
  redis.call('HINCRBY', key, 'failed', -lines)
end
redis.call('HSET', key, 'ct', ARGV[2], 'cl', lines)
settle_admission()
settle()
raise_failure()
return lines
