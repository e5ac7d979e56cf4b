#!lua flags=allow-oom
-- Look again at the records that were damaged: one that was repaired goes back to where it was taken out of.
-- KEYS  prefix
-- Returns how many are damaged
-- include: clock record damage remember move ready
local now = read_clock()

local function put_back_batch(id)
  local state = redis.call('HGET', P .. 'b:' .. id, 'st')
  if state == 'OPEN' then
    redis.call('ZADD', P .. 'uploads', 'NX', string.format('%.0f', now), id)
  elseif state then
    redis.call('SADD', P .. 'walks', id) -- goes on where it was
  end
end

local function is_planned(t)
  return redis.call('ZSCORE', P .. 'ready:' .. t.q, t.id) or redis.call('ZSCORE', P .. 'due', t.id)
    or redis.call('ZSCORE', P .. 'lease:' .. t.q, t.id)
end

-- Returns false while it cannot be said where it belongs.
local function put_back(t)
  if t.b and (redis.call('HGET', P .. 'b:' .. t.b, 'st') == 'OPEN' or redis.call('SISMEMBER', P .. 'walks', t.b) == 1) then
    return false -- it is to be walked, or is not
  end
  if t.st == 'QUEUED' and not redis.call('ZSCORE', P .. 'out:' .. t.q, t.id) then
    remember(t, 'PENDING', 'its record was repaired', now)
    move(t, 'PENDING', 'w', 'its record was repaired')
  end
  if waiting(t) and not is_planned(t) then
    make_due(t, t.u or now, now)
  elseif t.st == 'STARTED' then
    watch(t.id, holder(t.k), now)
  end
  return true
end

local function repair(id)
  local why = flaw(id)
  if why then
    note_damage(id, why)
    return false
  end
  local batch = string.match(id, '^batch (.*)$')
  if batch then
    put_back_batch(batch)
    return true
  end
  local t = read(id)
  return not t or put_back(t)
end

for _, id in ipairs(redis.call('HKEYS', P .. 'damaged')) do
  local _, repaired = get_past(id, repair, id)
  if repaired then redis.call('HDEL', P .. 'damaged', id) end
end
settle()
raise_failure()
return redis.call('HLEN', P .. 'damaged')
