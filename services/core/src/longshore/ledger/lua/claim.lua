#!lua flags=allow-oom
-- Lease the next ready tasks of a queue to a relay, as many as the broker's window has room for.
-- KEYS  prefix
-- ARGV  queue, limit, window, lease in us, most bytes of arguments
-- Returns for each task: id, run, task, args, priority, timeout or "", chunk 0 or 1
-- include: clock record ready
local now = read_clock()
local queue, limit, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local ready, lease, outstanding = P .. 'ready:' .. queue, P .. 'lease:' .. queue, P .. 'out:' .. queue

-- What a relay claimed and neither confirmed nor gave back in time is anybody's again.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', lease, '-inf', string.format('%.0f', now), 'LIMIT', 0, 500)) do
  local t = read(id)
  if t and waiting(t) then make_ready(t) end -- else cancelled meanwhile
  redis.call('ZREM', lease, id)
  redis.call('ZREM', outstanding, id)
end

if redis.call('HEXISTS', P .. 'paused', queue) == 1 then return {} end
local room = math.min(limit, window - redis.call('ZCARD', outstanding))
if room <= 0 then return {} end

local out, taken, leases, copies, bytes = {}, {}, {}, {}, 0
for _, id in ipairs(redis.call('ZRANGE', ready, 0, room - 1)) do
  local h = redis.call('HMGET', key_of(id), 'st', 'r', 'n', 'a', 'p', 'tm', 'b')
  if bytes > 0 and h[4] and bytes + #h[4] > tonumber(ARGV[5]) then break end
  taken[#taken + 1] = id
  if h[1] == 'PENDING' or h[1] == 'RETRY' then -- else cancelled or begun meanwhile: nothing to publish
    bytes = bytes + #h[4]
    for _, value in ipairs({ id, h[2], h[3], h[4], h[5], h[6] or '', h[7] and 1 or 0 }) do
      out[#out + 1] = value
    end
    leases[#leases + 1] = string.format('%.0f', now + ARGV[4])
    leases[#leases + 1] = id
    copies[#copies + 1] = string.format('%.0f', now)
    copies[#copies + 1] = id
  end
end
many('ZREM', ready, taken)
many('ZADD', lease, leases)
many('ZADD', outstanding, copies)
return out
