-- Visits the next chunks of a batch after its state changed: those of the file of a RUNNING one become ready, all
-- of a cancelled or abandoned one are revoked. A walk that does not get to the end is gone on with by the scheduler.
-- Returns how many chunks were visited.
local function walk(id, limit, now)
  local b = redis.call('HMGET', batch_key(id), 'st', 'walk', 'from_file', 'chunks', 'x')
  local runs = b[1] == 'RUNNING' and not b[5]
  local from, last = tonumber(b[2] or 0), tonumber((runs and b[3] or b[4]) or 0) - 1
  local to = math.min(last, from + limit - 1)

  local function visit(chunk)
    local t = read(chunk)
    if not t or t.b ~= id then -- forgotten, or anybody's task that has the name
    elseif runs then
      if waiting(t) then make_ready(t) end
    elseif t.st == 'STARTED' then
      redis.call('HSET', t.key, 'x', 'batch')
      redis.call('SADD', P .. 'cancel:' .. holder(t.k), t.id)
    elseif t.st == 'QUEUED' or waiting(t) then
      revoke(t, now)
      unplan(t)
    end
  end

  for n = from, to do
    if not get_past(id .. '.' .. n, visit, id .. '.' .. n) then
      to = n - 1
      break
    end
  end
  redis.call('HSET', batch_key(id), 'walk', to + 1)
  redis.call(to < last and 'SADD' or 'SREM', P .. 'walks', id)
  return to - from + 1
end
