#!lua flags=allow-oom
-- Lease the next ready tasks of a queue to a relay, as many as the broker's window has room for.
-- KEYS  prefix
-- ARGV  queue, limit, window, lease in us, most bytes of arguments
-- Returns for each task: id, run, task, args, priority, timeout or "", chunk 0 or 1
-- include: clock record damage ready
local now = read_clock()
local queue, limit, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local ready, lease, outstanding = P .. 'ready:' .. queue, P .. 'lease:' .. queue, P .. 'out:' .. queue

local function take_back(id)
  local t = read(id)
  if t and waiting(t) then make_ready(t) end -- else cancelled meanwhile
end

-- What a relay claimed and neither confirmed nor gave back in time is anybody's again.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', lease, '-inf', string.format('%.0f', now), 'LIMIT', 0, 500)) do
  if get_past(id, take_back, id) then
    redis.call('ZREM', lease, id)
    redis.call('ZREM', outstanding, id)
  end
end

local room = math.min(limit, window - redis.call('ZCARD', outstanding))
if room <= 0 or redis.call('HEXISTS', P .. 'paused', queue) == 1 then
  raise_failure()
  return {}
end

local out, taken, leases, copies, bytes = {}, {}, {}, {}, 0

-- Returns whether there is no room for it in this claim.
local function take(id)
  local t = read(id)
  if not t or not waiting(t) then return false end -- cancelled or begun meanwhile: nothing to publish
  local h = redis.call('HMGET', t.key, 'a', 'tm')
  if bytes > 0 and bytes + #h[1] > tonumber(ARGV[5]) then return true end
  if h[2] and not tonumber(h[2]) then error('field tm (timeout) is ' .. h[2], 0) end
  bytes = bytes + #h[1]
  for _, value in ipairs({ id, t.r, t.n, h[1], t.p, h[2] or '', t.b and 1 or 0 }) do out[#out + 1] = value end
  leases[#leases + 1] = string.format('%.0f', now + ARGV[4])
  leases[#leases + 1] = id
  copies[#copies + 1] = string.format('%.0f', now)
  copies[#copies + 1] = id
  return false
end

for _, id in ipairs(redis.call('ZRANGE', ready, 0, room - 1)) do
  local past, full = get_past(id, take, id)
  if full then break end
  if past then taken[#taken + 1] = id end
end
many('ZREM', ready, taken)
many('ZADD', lease, leases)
many('ZADD', outstanding, copies)
raise_failure()
return out
