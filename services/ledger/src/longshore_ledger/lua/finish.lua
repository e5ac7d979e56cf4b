#!lua flags=allow-oom
-- Record how runs ended.
-- KEYS  prefix
-- ARGV  entropy, jitter (a factor near 1), then for each run: id, token, outcome (SUCCESS, FAILURE or REVOKED),
--       value (JSON result or error), run time in us, retryable 0 or 1
-- Returns for each run: 1 recorded, now or before under this token; 0 refused, another token holds the task
-- include: clock record damage remember move ready batch
local now = read_clock()
local LONGEST = 3660 * 86400 -- s; as for a delay: a later time could not be shown
local out = {}

local function fail(t, value, retryable, run)
  local policy = redis.call('HMGET', t.key, 'rt', 'bo')
  if t.x then
    revoke(t, now, 'e', value)
  elseif retryable and t.at < tonumber(policy[1] or 0) then
    local pause = math.min(tonumber(policy[2] or 0) * 2 ^ math.min(t.at, 40), LONGEST)
    local due = now + pause * 1000000 * ARGV[2]
    remember(t, 'RETRY', told(value), now)
    -- It ran alone and its worker lives: if it was suspect, it is not any more.
    move(t, 'RETRY', 'e', value, 'r', run, 'at', t.at + 1, 'u', string.format('%.0f', due), unpack(t.sp and { 'sp', 0 } or {}))
    make_due(t, due, now)
    count('retried', t)
  else
    move(t, 'FAILURE', 'e', value, 'f', since(t, now))
    count('failed', t)
  end
end

local function finish(i)
  local t, token, outcome = read(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  if t and t.k == token and t.st == 'STARTED' then
    local ms = ARGV[i + 4] / 1000
    if outcome == 'SUCCESS' then
      move(t, 'SUCCESS', 'v', ARGV[i + 3], 'f', since(t, now))
      if t.at > 0 then redis.call('HDEL', t.key, 'e') end
      count('succeeded', t)
    elseif outcome == 'FAILURE' then
      fail(t, ARGV[i + 3], ARGV[i + 5] == '1', ARGV[1] .. string.format('%x', i))
    else
      revoke(t, now)
    end
    observe('run', t, ms)
    return 1
  elseif t and t.k == token then
    return 1 -- asked again after an answer that got lost
  end
  if t then count('fenced', t) end
  return 0
end

for i = 3, #ARGV, 6 do out[#out + 1] = attempt(ARGV[i], finish, i) end
settle()
raise_failure()
return out
