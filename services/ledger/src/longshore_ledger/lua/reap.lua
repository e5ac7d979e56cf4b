#!lua flags=allow-oom
-- Free what nobody runs: doubts that nobody confirmed, and tasks of workers whose heart has stopped.
-- KEYS  prefix
-- ARGV  heartbeat timeout us, grace us, most crashes, entropy, limit
-- Returns released without blame, freed from dead workers, 1 while nobody may be reaped
-- include: clock record damage remember move ready batch crash grace
local now = read_clock()
local timeout, cap, limit = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[5])
if in_grace(now, timeout, tonumber(ARGV[2])) then return { 0, 0, 1 } end
local released, crashes, minted = 0, 0, 0

local function free(id, worker)
  local t = read(id)
  if not t or t.st ~= 'STARTED' or holder(t.k) ~= worker then return end
  minted = minted + 1
  lose_worker(t, cap, ARGV[4] .. string.format('%x', minted), now)
  crashes = crashes + 1
end

local function disown(id, token)
  local t = read(id)
  if not t or t.st ~= 'STARTED' or t.k ~= token then return true end
  released = released + 1 -- its holder lives, has heard, and does not run it: no crash
  if unwanted(t) then
    revoke(t, now, 'k', '')
  else
    remember(t, 'PENDING', 'its worker no longer knew it', now)
    move(t, 'PENDING', 'k', '', 'w', 'its worker no longer knew it')
    make_ready(t)
    count('released', t)
  end
  return true
end

for _, doubt in ipairs(redis.call('ZRANGEBYSCORE', P .. 'doubt', '-inf', string.format('%.0f', now), 'LIMIT', 0,
  limit)) do
  local id, token = string.match(doubt, '^(.*)|(.*)$')
  local past, read_well = get_past(id, disown, id, token)
  if past then
    redis.call('ZREM', P .. 'doubt', doubt)
    redis.call('SREM', P .. 'doubt:' .. holder(token), doubt)
    if not read_well then redis.call('SREM', P .. 'run:' .. holder(token), id) end
  end
end

for _, worker in ipairs(redis.call('ZRANGE', P .. 'workers', 0, -1)) do
  if timed_out(worker, now, timeout) and limit > crashes then
    local held = redis.call('SRANDMEMBER', P .. 'run:' .. worker, limit - crashes)
    for _, id in ipairs(held) do
      if get_past(id, free, id, worker) then redis.call('SREM', P .. 'run:' .. worker, id) end
    end
    local beat = tonumber(redis.call('ZSCORE', P .. 'workers', worker))
    if #held == 0 and math.abs(now - beat) > 600000000 then -- shown as lost for ten minutes, then forgotten
      forget(worker)
    end
  end
end
settle()
raise_failure()
return { released, crashes, 0 }
