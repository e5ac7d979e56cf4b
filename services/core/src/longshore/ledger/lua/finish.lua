#!lua flags=allow-oom
-- Record how runs ended.
-- KEYS  prefix
-- ARGV  entropy, jitter (a factor near 1), then for each run: id, token, outcome (SUCCESS, FAILURE or REVOKED),
--       value (JSON result or error), run time in us, retryable 0 or 1
-- Returns for each run: 1 recorded, now or before under this token; 0 refused, another token holds the task
-- include: clock record remember move ready
local now = read_clock()
local out = {}

local function fail(t, value, retryable, run)
  local policy = redis.call('HMGET', t.key, 'rt', 'bo')
  if t.x then
    revoke(t, now, 'e', value)
  elseif retryable and t.at < tonumber(policy[1] or 0) then
    local due = now + (tonumber(policy[2] or 0) * 2 ^ t.at) * 1000000 * ARGV[2]
    remember(t, 'RETRY', told(value), now)
    move(t, 'RETRY', 'e', value, 'r', run, 'at', t.at + 1, 'u', string.format('%.0f', due))
    make_due(t, due, now)
    count('retried', t)
  else
    move(t, 'FAILURE', 'e', value, 'f', since(t, now))
    count('failed', t)
  end
end

for i = 3, #ARGV, 6 do
  local t, token, outcome = read(ARGV[i]), ARGV[i + 1], ARGV[i + 2]
  if t and t.k == token and t.st == 'STARTED' then
    observe('run', t, ARGV[i + 4] / 1000)
    if outcome == 'SUCCESS' then
      move(t, 'SUCCESS', 'v', ARGV[i + 3], 'f', since(t, now))
      if t.at > 0 then redis.call('HDEL', t.key, 'e') end
      count('succeeded', t)
    elseif outcome == 'FAILURE' then
      fail(t, ARGV[i + 3], ARGV[i + 5] == '1', ARGV[1] .. string.format('%x', i))
    else
      revoke(t, now)
    end
    out[#out + 1] = 1
  elseif t and t.k == token then
    out[#out + 1] = 1 -- asked again after an answer that got lost
  else
    if t then count('fenced', t) end
    out[#out + 1] = 0
  end
end
settle()
return out
