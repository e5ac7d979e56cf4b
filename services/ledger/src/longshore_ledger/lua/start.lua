#!lua flags=allow-oom
-- A worker has copies in its hands: which may it run?
-- KEYS  prefix
-- ARGV  worker, heartbeat timeout us, grace us, most crashes, entropy, then for each copy: id, run, token
-- Returns for each copy: verdict (1 run, 0 drop, -1 park: the ledger does not know it, 2 keep it and ask again when this
--         worker runs nothing else), attempt, deliveries, offset (-1 unless a chunk), 1 alone or 2 suspect
-- include: clock record damage remember move ready batch crash grace
local now = read_clock()
local worker, timeout, cap = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
local graced = in_grace(now, timeout, tonumber(ARGV[3]))
local out, begun, seen, paused = {}, {}, {}, {}
local WAIT = 2
local solitary = false -- a suspect was begun: nothing else is

-- A suspect is begun in a worker that runs nothing else, and nothing is begun beside it.
local function must_wait(t)
  return solitary or (t.sp and (#begun > 0 or redis.call('EXISTS', P .. 'run:' .. worker) == 1))
end

local function is_paused(queue)
  if paused[queue] == nil then paused[queue] = redis.call('HEXISTS', P .. 'paused', queue) == 1 end
  return paused[queue]
end

local function begin(t, token)
  t.dl = t.dl + 1
  if t.dl == 1 then observe('wait', t, (now - math.max(t.u or 0, t.c)) / 1000) end
  move(t, 'STARTED', 'k', token, 's', since(t, now), 'dl', t.dl)
  t.k = token
  begun[#begun + 1] = t.id
  solitary = t.sp
  return 1
end

local function drop(t)
  count('dropped', t)
  return 0
end

local function verdict(t, run, token)
  if not t then return -1 end
  if t.r ~= run then return drop(t) end
  if t.st == 'STARTED' then
    local old = holder(t.k)
    if t.k == token then -- asked again after an answer that got lost
      solitary = solitary or t.sp
      return 1
    end
    if old ~= worker and not graced and timed_out(old, now, timeout) then
      lose_worker(t, cap, ARGV[5], now)
      return 0
    end
    redis.call('SADD', P .. 'doubt:' .. old, t.id .. '|' .. t.k)
    return drop(t)
  end
  if (t.st == 'QUEUED' or waiting(t)) and not unwanted(t) and not is_paused(t.q) and must_wait(t) then return WAIT end
  if t.st ~= 'QUEUED' then -- a copy faster than its confirm, or a second one
    redis.call('ZREM', P .. 'lease:' .. t.q, t.id)
    if not waiting(t) then return drop(t) end
    unplan(t)
  end
  if unwanted(t) then
    revoke(t, now)
    return 0
  end
  if is_paused(t.q) then
    if t.st == 'QUEUED' then
      remember(t, 'PENDING', 'paused', now)
      move(t, 'PENDING', 'w', 'paused')
    end
    make_ready(t)
    count('released', t)
    return 0
  end
  return begin(t, token)
end

local function start(i)
  local t = read(ARGV[i])
  local answer = verdict(t, ARGV[i + 1], ARGV[i + 2])
  local offset, alone = -1, 0
  if t and t.r == ARGV[i + 1] and answer ~= WAIT then
    seen[t.q] = seen[t.q] or {}
    table.insert(seen[t.q], t.id)
  end
  if answer == 1 then
    if t.b then
      local c = redis.call('HMGET', t.key, 'of', 'y')
      offset, alone = tonumber(c[1] or 0), tonumber(c[2] or 0)
    elseif t.dd > 0 then
      alone = 1
    end
  end
  if t and t.sp then alone = 2 end
  out[#out + 1] = answer
  out[#out + 1] = t and t.at + 1 or 0
  out[#out + 1] = t and t.dl or 0
  out[#out + 1] = offset
  out[#out + 1] = alone
end

for i = 6, #ARGV, 3 do attempt(ARGV[i], start, i) end
settle()
if #begun > 0 then
  many('SADD', P .. 'run:' .. worker, begun)
  -- One that dies before its first beat is reaped like any other.
  redis.call('ZADD', P .. 'workers', 'NX', string.format('%.0f', now), worker)
end
for queue, ids in pairs(seen) do many('ZREM', P .. 'out:' .. queue, ids) end
raise_failure()
return out
