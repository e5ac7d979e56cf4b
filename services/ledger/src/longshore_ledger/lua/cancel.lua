#!lua flags=allow-oom
-- Cancel tasks.
-- KEYS  prefix
-- ARGV  by whom, then ids
-- Returns for each: 0 revoked, 1 asked its worker to stop, 2 finished already, 3 unknown, 4 chunk of a batch
-- include: clock record damage remember move ready rebuild
local now = read_clock()
local out = {}

local function cancel(id)
  local t = read(id)
  if not t then return 3 end
  if t.b then return 4 end
  if t.st == 'STARTED' then
    if not t.x then remember(t, 'STARTED', 'asked to stop by ' .. ARGV[1], now) end
    redis.call('HSET', t.key, 'x', ARGV[1])
    redis.call('SADD', P .. 'cancel:' .. holder(t.k), t.id)
    return 1
  end
  if t.st == 'QUEUED' or waiting(t) then
    revoke(t, now, 'x', ARGV[1])
    unplan(t)
    return 0
  end
  return t.st == 'REVOKED' and 0 or 2
end

-- What can be known of a damaged record is enough to end it. One that is counted nowhere is forgotten.
local function cancel_damaged(id)
  local state, queue, name, kind, stamp = counted(id)
  if state and kind ~= '' then return 4 end
  if state then
    rebuild(id, now, state, queue, name, kind, stamp)
  else
    redis.call('DEL', key_of(id))
    redis.call('HDEL', P .. 'damaged', id)
  end
  return cancel(id)
end

for i = 2, #ARGV do
  local _, answer = get_past(ARGV[i], cancel, ARGV[i])
  if not answer then _, answer = get_past(ARGV[i], cancel_damaged, ARGV[i]) end
  out[#out + 1] = answer
end
settle()
raise_failure()
return out
