-- The ready sets, one a queue, ordered by priority (9 first), then by age.
local function score(t)
  return string.format('%.0f', (9 - t.p) * 800000000000000 + (t.c - EPOCH))
end

-- One token in this list is enough to wake a relay that waits for work.
local function wake()
  if redis.call('EXISTS', P .. 'wake') == 0 then redis.call('RPUSH', P .. 'wake', '1') end
end

local function make_ready(t)
  redis.call('ZADD', P .. 'ready:' .. t.q, score(t), t.id)
  wake()
end

-- A copy of `t` is here already, or `t` is not to run: no other is published.
local function unplan(t)
  redis.call('ZREM', P .. 'ready:' .. t.q, t.id)
  redis.call('ZREM', P .. 'due', t.id)
end

-- Ready at `due` us, or now where that is not later than `now`.
local function make_due(t, due, now)
  if due > now then
    redis.call('ZADD', P .. 'due', string.format('%.0f', due), t.id)
  else
    make_ready(t)
  end
end
