-- Visits the next chunks of a batch after its state changed: those of a RUNNING one become ready, those of a
-- REVOKED one are revoked. A walk that stops half-way is gone on with by the scheduler.
-- Returns how many chunks were visited; 0 when the walk is over.
local function walk(id, limit, now)
  local b = redis.call('HMGET', batch_key(id), 'st', 'walk', 'chunks')
  local from, to = tonumber(b[2] or 0), tonumber(b[3] or 0) - 1
  to = math.min(to, from + limit - 1)
  for n = from, to do
    local t = read(id .. '.' .. n)
    if t and b[1] == 'RUNNING' then
      if t.st == 'PENDING' and not t.k then make_ready(t) end
    elseif t and b[1] == 'REVOKED' then
      if t.st == 'STARTED' then
        redis.call('HSET', t.key, 'x', 'batch')
        redis.call('SADD', P .. 'cancel:' .. holder(t.k), t.id)
      elseif t.st == 'QUEUED' or waiting(t) then
        move(t, 'REVOKED', 'f', since(t, now))
        count('revoked', t)
        redis.call('ZREM', P .. 'ready:' .. t.q, t.id)
      end
    end
  end
  if to < from then
    redis.call('SREM', P .. 'walks', id)
    return 0
  end
  redis.call('HSET', batch_key(id), 'walk', to + 1)
  redis.call('SADD', P .. 'walks', id)
  return to - from + 1
end
