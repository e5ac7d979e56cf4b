#!lua
-- Chunks of lines for an open batch. They are recorded, and become ready when it is closed.
-- KEYS  prefix
-- ARGV  id, entropy, upload lease in us, number of the first chunk, token of the upload or "" for whichever, then for
--       each chunk: arguments (JSON), lines
-- Returns 1, or 0 when the batch takes no more of this upload, or has another chunk of that number, or another task
-- has its id
-- include: clock record move ready admit batch
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local b = redis.call('HMGET', key, 'st', 'n', 'q', 'p', 'tm', 'chunks', 'o', 'by')
if b[1] ~= 'OPEN' or (ARGV[5] ~= '' and b[7] ~= ARGV[5]) then return 0 end
local first = tonumber(ARGV[4])
local function number(i) return first + (i - 6) / 2 end
local function id_of(i) return id .. '.' .. string.format('%.0f', number(i)) end

local known = {} -- sent again after an answer that got lost
for i = 6, #ARGV, 2 do
  local there = redis.call('HMGET', key_of(id_of(i)), 'st', 'b', 'a')
  known[i] = there[1]
  if there[1] and (there[2] ~= id or there[3] ~= ARGV[i]) then return 0 end
end

local last, lines = tonumber(b[6]), 0
for i = 6, #ARGV, 2 do
  if not known[i] then
    local chunk = id_of(i)
    local t = { id = chunk, key = key_of(chunk), n = b[2], q = b[3], p = tonumber(b[4]), c = next_stamp(now),
      r = ARGV[2] .. string.format('%x', i), b = id, by = b[8] }
    admit(t, 'a', ARGV[i], 'b', id, 'm', ARGV[i + 1], unpack(inherited(b[5], b[8])))
    lines = lines + ARGV[i + 1]
    last = math.max(last, number(i) + 1)
  end
end
redis.call('HSET', key, 'chunks', last, 'from_file', last)
redis.call('HINCRBY', key, 'total', lines)
redis.call('ZADD', P .. 'uploads', string.format('%.0f', now + ARGV[3]), id)
settle_admission()
settle()
return 1
