#!lua flags=allow-oom
-- Free what nobody runs: doubts that nobody vouched for, and tasks of workers whose heart has stopped.
-- KEYS  prefix
-- ARGV  lapse us, doubt us, grace us, death cap, entropy, limit
-- Returns released, deaths, 1 while nobody may be judged
-- include: clock record move ready batch death grace
local now = read_clock()
local lapse, doubt, cap, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[4]), tonumber(ARGV[6])
if in_grace(now, lapse, tonumber(ARGV[3])) then return { 0, 0, 1 } end
local released, deaths, minted = 0, 0, 0

local function blame(t)
  minted = minted + 1
  die(t, cap, ARGV[5] .. string.format('%x', minted), now)
  deaths = deaths + 1
end

local due = redis.call('ZRANGEBYSCORE', P .. 'doubt', '-inf', string.format('%.0f', now), 'WITHSCORES', 'LIMIT', 0,
  limit)
for i = 1, #due, 2 do
  local id, token = string.match(due[i], '^(.*)|(.*)$')
  local t = read(id)
  if t and t.st == 'STARTED' and t.k == token then
    local beat = tonumber(redis.call('ZSCORE', P .. 'workers', holder(token)) or 0)
    if beat >= due[i + 1] - doubt then -- alive, heard the question, and does not run it: no death
      move(t, 'PENDING', 'k', '', 'w', 'its worker no longer knew it')
      make_ready(t)
      count('released', t)
      released = released + 1
    else
      blame(t)
    end
  end
  redis.call('ZREM', P .. 'doubt', due[i])
end

for _, worker in ipairs(redis.call('ZRANGE', P .. 'workers', 0, -1)) do
  if lapsed(worker, now, lapse) then
    local held = redis.call('SRANDMEMBER', P .. 'run:' .. worker, limit)
    for _, id in ipairs(held) do
      local t = read(id)
      if t and t.st == 'STARTED' and holder(t.k) == worker then blame(t) end
      redis.call('SREM', P .. 'run:' .. worker, id)
    end
    local beat = tonumber(redis.call('ZSCORE', P .. 'workers', worker))
    if #held == 0 and math.abs(now - beat) > 600000000 then -- shown as lost for ten minutes, then forgotten
      redis.call('ZREM', P .. 'workers', worker)
      redis.call('HDEL', P .. 'worker', worker)
      redis.call('DEL', P .. 'cancel:' .. worker)
    end
  end
end
settle()
return { released, deaths, 0 }
