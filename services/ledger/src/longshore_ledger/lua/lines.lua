#!lua flags=allow-oom
-- Record processed lines of chunks; the rest of each chunk is put back among the ready.
-- KEYS  prefix
-- ARGV  entropy, then for each chunk: id, token, run time in us, failed lines, whether the line after these killed
--       its worker (0 or 1), number of lines, the lines ("=text", "!reason", or "" for a blank one)
-- Returns for each chunk: 1 recorded, now or before under this token; 0 refused, another token holds it
-- include: clock record damage move ready batch
local now = read_clock()
local out, i = {}, 2

local function record(i, n)
  local t, token, us, failed = read(ARGV[i]), ARGV[i + 1], ARGV[i + 2] + 0, ARGV[i + 3] + 0
  local deadly = ARGV[i + 4] == '1'
  if t and t.k == token and t.st == 'STARTED' then
    local lines = {}
    for j = 1, n do lines[j] = ARGV[i + 5 + j] end
    record_lines(t, lines, failed, ARGV[1] .. string.format('%x', i), now,
      unpack(deadly and { 'dd', 1, 'y', 1 } or { 'dd', 0 }))
    if deadly then count('crashes', t) end
    observe('run', t, us / 1000)
    if n > 0 then -- the time of a line sizes later chunks: us, the newest fifth of it
      local line_time = tonumber(redis.call('HGET', P .. 'line_times', t.n) or '') or us / n
      redis.call('HSET', P .. 'line_times', t.n, string.format('%.1f', line_time * 0.8 + us / n * 0.2))
    end
    return 1
  elseif t and t.k == token then
    return 1
  end
  if t then count('fenced', t) end
  return 0
end

while i <= #ARGV do
  local n = ARGV[i + 5] + 0
  out[#out + 1] = attempt(ARGV[i], record, i, n)
  i = i + 6 + n
end
settle()
raise_failure()
return out
