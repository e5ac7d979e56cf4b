#!lua
-- Chunks of lines for an open batch. They are recorded, and become ready when it is closed.
-- KEYS  prefix
-- ARGV  id, entropy, upload lease in us, number of the first chunk, then for each chunk: arguments (JSON), lines
-- Returns 1, or 0 when the batch takes no more
-- include: clock record move ready admit batch
local now = read_clock()
local id, key = ARGV[1], batch_key(ARGV[1])
local b = redis.call('HMGET', key, 'st', 'n', 'q', 'p', 'rt', 'tm')
if b[1] ~= 'OPEN' then return 0 end
local number, lines = tonumber(ARGV[4]), 0
for i = 5, #ARGV, 2 do
  local chunk = id .. '.' .. number
  if redis.call('EXISTS', key_of(chunk)) == 0 then -- else sent again after an answer that got lost
    local t = { id = chunk, key = key_of(chunk), n = b[2], q = b[3], p = tonumber(b[4]), c = next_stamp(now),
      r = ARGV[2] .. string.format('%x', i) }
    local policy = {}
    if b[5] then policy[#policy + 1] = 'rt'; policy[#policy + 1] = b[5] end
    if b[6] then policy[#policy + 1] = 'tm'; policy[#policy + 1] = b[6] end
    admit(t, 'a', ARGV[i], 'b', id, 'm', ARGV[i + 1], unpack(policy))
    lines = lines + ARGV[i + 1]
  end
  number = number + 1
end
redis.call('HSET', key, 'chunks', number, 'parts', number)
redis.call('HINCRBY', key, 'total', lines)
redis.call('ZADD', P .. 'uploads', string.format('%.0f', now + ARGV[3]), id)
settle_admission()
settle()
return 1
