#!lua flags=allow-oom
-- Record processed lines of chunks; the rest of each chunk is put back among the ready.
-- KEYS  prefix
-- ARGV  entropy, then for each chunk: id, token, run time in us, failed lines, whether the line after these killed
--       its worker (0 or 1), number of lines, the lines ("=text", "!reason", or "" for a blank one)
-- Returns for each chunk: 1 recorded, now or before under this token; 0 refused, another token holds it
-- include: clock record move ready batch
local now = read_clock()
local out, i = {}, 2
while i <= #ARGV do
  local t, token, us, failed = read(ARGV[i]), ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  local deadly, n = ARGV[i + 4] == '1', tonumber(ARGV[i + 5])
  if t and t.k == token and t.st == 'STARTED' then
    local lines = {}
    for j = 1, n do lines[j] = ARGV[i + 5 + j] end
    observe('run', t, us / 1000)
    if n > 0 then -- the pace sizes later chunks: us a line, the newest fifth of it
      local pace = tonumber(redis.call('HGET', P .. 'pace', t.n) or us / n)
      redis.call('HSET', P .. 'pace', t.n, string.format('%.1f', pace * 0.8 + us / n * 0.2))
    end
    if deadly then count('deaths', t) end
    record_lines(t, lines, failed, ARGV[1] .. string.format('%x', i), now,
      unpack(deadly and { 'dd', 1, 'y', 1 } or { 'dd', 0 }))
    out[#out + 1] = 1
  elseif t and t.k == token then
    out[#out + 1] = 1
  else
    if t then count('fenced', t) end
    out[#out + 1] = 0
  end
  i = i + 6 + n
end
settle()
return out
