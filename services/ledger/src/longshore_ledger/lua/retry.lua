#!lua
-- Run tasks anew that failed or were revoked: a new run, with all its attempts before it.
-- KEYS  prefix
-- ARGV  entropy, by whom, then ids
-- Returns for each: 0 pending, 1 neither failed nor revoked, 2 unknown, 3 chunk of a batch
-- include: clock record damage remember move ready rebuild
local now = read_clock()
local out = {}

local function retry(i)
  local t, run = read(ARGV[i]), ARGV[1] .. string.format('%x', i)
  if not t then return 2 end
  if t.b then return 3 end
  if redis.call('HGET', t.key, 'hr') == run then return 0 end -- asked again after an answer that got lost
  if t.st ~= 'FAILURE' and t.st ~= 'REVOKED' then return 1 end
  local h = redis.call('HMGET', t.key, 'f', 'e')
  local why = t.st == 'FAILURE' and told(h[2]) or 'cancelled by ' .. (t.x or 'itself')
  note_moment(t, tonumber(h[1]), t.st, holder(t.k), why)
  t.at = 0
  note_moment(t, since(t, now), 'PENDING', '', 'retried by ' .. ARGV[2])
  redis.call('HDEL', t.key, 'v', 'e', 'x', 'dd', 'sp', 'at', 'f', 's', 'qt', 'k', 'u', 'w', 'pg')
  redis.call('HINCRBY', t.key, 'h', 1)
  redis.call('ZREM', P .. 'lease:' .. t.q, t.id) -- of the old run's copy: it is not waited for any more
  redis.call('ZREM', P .. 'out:' .. t.q, t.id)
  move(t, 'PENDING', 'r', run, 'hr', run)
  make_ready(t)
  count('retried by hand', t)
  return 0
end

local function retry_damaged(i)
  local state, queue, name, kind, stamp = counted(ARGV[i])
  if state and kind ~= '' then return 3 end
  if state ~= 'FAILURE' and state ~= 'REVOKED' then return 1 end
  rebuild(ARGV[i], now, state, queue, name, kind, stamp)
  return retry(i)
end

for i = 3, #ARGV do
  local _, answer = get_past(ARGV[i], retry, i)
  if not answer then _, answer = get_past(ARGV[i], retry_damaged, i) end
  out[#out + 1] = answer
end
settle()
raise_failure()
return out
