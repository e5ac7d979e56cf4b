-- Whoever reaps workers by their heartbeats must know that the ledger itself was there to hear them. A gap in
-- its own time (a restart, a jump of the clock) gives everybody `grace` us to be heard before anyone is reaped.
-- Half of `timeout` is a gap: a beat may have been half as old when the ledger went away.
local function in_grace(now, timeout, grace)
  local last = tonumber(redis.call('GET', P .. 'tick') or 0)
  if now - last > timeout / 2 or last - now > 1000000 then
    redis.call('SET', P .. 'grace', string.format('%.0f', now + grace))
  end
  redis.call('SET', P .. 'tick', string.format('%.0f', now))
  local till = tonumber(redis.call('GET', P .. 'grace') or 0)
  return now < till
end

-- A worker has timed out when its last beat is older than `timeout` us, or lies in a future that a clock jump left.
local function timed_out(worker, now, timeout)
  local beat = redis.call('ZSCORE', P .. 'workers', worker)
  return not beat or now - beat > timeout or beat - now > 1000000
end

-- Forgets a worker that holds nothing, and all that was to be told to it.
local function forget(worker)
  many('ZREM', P .. 'doubt', redis.call('SMEMBERS', P .. 'doubt:' .. worker))
  redis.call('DEL', P .. 'cancel:' .. worker, P .. 'doubt:' .. worker, P .. 'blamed:' .. worker)
  redis.call('SREM', P .. 'crowded', worker)
  redis.call('ZREM', P .. 'workers', worker)
  redis.call('HDEL', P .. 'worker', worker)
  redis.call('HDEL', P .. 'drain', worker)
end
