-- Admits a new task: its record, its place among the pending, its event. Ready or due is the caller's word.
local last_stamp = tonumber(redis.call('GET', P .. 'stamp') or 0)

-- Submission time that is also the order of submission: unique, and rising even if the clock falls back.
local function next_stamp(now)
  last_stamp = math.max(now, last_stamp + 1)
  return last_stamp
end

local function admit(t, ...)
  redis.call('HSET', t.key, 'st', 'PENDING', 'n', t.n, 'q', t.q, 'c', string.format('%.0f', t.c),
    'p', t.p, 'r', t.r, ...)
  t.st = 'PENDING'
  place(t, false)
  count('submitted', t)
  announce(t)
end

local function settle_admission()
  redis.call('SET', P .. 'stamp', string.format('%.0f', last_stamp))
  local pairs_seen = {}
  for _, id in ipairs(order) do pairs_seen[string.match(homes[id][2], '^.*:c:PENDING:(.*)$')] = true end
  for pair in pairs(pairs_seen) do redis.call('SADD', P .. 'pairs', pair) end
end
