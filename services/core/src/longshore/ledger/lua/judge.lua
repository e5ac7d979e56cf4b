#!lua flags=allow-oom
-- Free what nobody runs: doubts that nobody vouched for, and tasks of workers whose heart has stopped.
-- KEYS  prefix
-- ARGV  lapse us, grace us, death cap, entropy, limit
-- Returns released, deaths, 1 while nobody may be judged
-- include: clock record remember move ready batch death grace
local now = read_clock()
local lapse, cap, limit = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[5])
if in_grace(now, lapse, tonumber(ARGV[2])) then return { 0, 0, 1 } end
local released, deaths, minted = 0, 0, 0

local function blame(t)
  minted = minted + 1
  die(t, cap, ARGV[4] .. string.format('%x', minted), now)
  deaths = deaths + 1
end

for _, doubt in ipairs(redis.call('ZRANGEBYSCORE', P .. 'doubt', '-inf', string.format('%.0f', now), 'LIMIT', 0,
  limit)) do
  local id, token = string.match(doubt, '^(.*)|(.*)$')
  local t = read(id)
  if t and t.st == 'STARTED' and t.k == token then -- its holder lives, has heard, and does not run it: no death
    if unwanted(t) then
      revoke(t, now, 'k', '')
    else
      remember(t, 'PENDING', 'its worker no longer knew it', now)
      move(t, 'PENDING', 'k', '', 'w', 'its worker no longer knew it')
      make_ready(t)
      count('released', t)
    end
    released = released + 1
  end
  redis.call('ZREM', P .. 'doubt', doubt)
  redis.call('SREM', P .. 'doubt:' .. holder(token), doubt)
end

for _, worker in ipairs(redis.call('ZRANGE', P .. 'workers', 0, -1)) do
  if lapsed(worker, now, lapse) and limit > deaths then
    local held = redis.call('SRANDMEMBER', P .. 'run:' .. worker, limit - deaths)
    for _, id in ipairs(held) do
      local t = read(id)
      if t and t.st == 'STARTED' and holder(t.k) == worker then blame(t) end
      redis.call('SREM', P .. 'run:' .. worker, id)
    end
    local beat = tonumber(redis.call('ZSCORE', P .. 'workers', worker))
    if #held == 0 and math.abs(now - beat) > 600000000 then -- shown as lost for ten minutes, then forgotten
      forget(worker)
    end
  end
end
settle()
return { released, deaths, 0 }
