#!lua flags=allow-oom
-- Give tasks back, without blame or because whoever ran them died.
-- KEYS  prefix
-- ARGV  most crashes, entropy, then for each task: id, token or "", run (where it was not started), why, delay in us,
--       crash 0 or 1
-- Returns for each task: 1 given back, now or before under this token; 0 refused, or dead before under this token
-- include: clock record damage remember move ready batch crash
local now = read_clock()
local out = {}

local function give_back(t, why, delay)
  if unwanted(t) then return revoke(t, now) end
  local due = now + delay
  local fields = { 'w', why }
  remember(t, waiting(t) and t.st or 'PENDING', why, now)
  if delay > 0 then fields = { 'w', why, 'u', string.format('%.0f', due) } end
  if waiting(t) then
    redis.call('HSET', t.key, unpack(fields))
  else
    move(t, 'PENDING', unpack(fields))
  end
  make_due(t, due, now)
  count('released', t)
end

local function release(i)
  local t, token, run, why = read(ARGV[i]), ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local delay, crash = ARGV[i + 4] + 0, ARGV[i + 5] == '1'
  if t and token ~= '' and t.k == token then
    if t.st == 'STARTED' then
      if crash then
        die(t, tonumber(ARGV[1]), ARGV[2] .. string.format('%x', i), now, why)
      else
        give_back(t, why, delay)
      end
    end
    return 1
  elseif t and token == '' and t.r == run and (t.st == 'QUEUED' or waiting(t)) then
    redis.call('ZREM', P .. 'out:' .. t.q, t.id)
    redis.call('ZREM', P .. 'lease:' .. t.q, t.id)
    unplan(t)
    give_back(t, why, delay)
    return 1
  end
  return 0
end

for i = 3, #ARGV, 6 do out[#out + 1] = attempt(ARGV[i], release, i) end
settle()
raise_failure()
return out
