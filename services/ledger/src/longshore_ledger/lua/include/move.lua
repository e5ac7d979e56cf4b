-- Moves between states. A script moves many tasks; what the moves do to indexes, counters and events is
-- collected and written once, by settle().
-- Every task is in exactly one cell, <prefix>c:<state>:<queue>:<task>, scored by its stamp. Counts are the
-- cells' sizes and pages merge cells, so neither can disagree with the records' states. Chunks have cells of
-- their own, <…>:chunk: there may be millions of them, and retention by number must not wade through them.
local homes, order = {}, {}     -- id -> { cell it came from or false, cell it goes to, stamp }
local gone = {}                 -- worker -> ids it no longer holds
local totals, histograms = {}, {}
local unfinished = {}           -- key -> how many more of the tasks it submitted have not ended

local function cell(state, t) return P .. 'c:' .. state .. ':' .. t.q .. ':' .. t.n .. (t.b and ':chunk' or '') end

local function count(name, t, n)
  local field = name .. '|' .. t.q .. '|' .. t.n
  totals[field] = (totals[field] or 0) + (n or 1)
end

-- Buckets double from 1 ms to 2^22 ms, a little over an hour.
local function observe(name, t, ms)
  local bound = 1
  while bound < ms and bound < 4194304 do bound = bound * 2 end
  local field = name .. '|' .. t.q .. '|' .. bound
  histograms[field] = (histograms[field] or 0) + 1
end

local function announce(t)
  redis.call('XADD', P .. 'events', 'MAXLEN', '~', '10000', '*', 'i', t.id, 's', t.st, 'q', t.q, 'n', t.n)
end

-- Of the tasks that `key` submitted, `n` more have not ended: counted at <prefix>unfinished, by keys that have some.
local function count_unfinished(key, n)
  if redis.call('HINCRBY', P .. 'unfinished', key, n) <= 0 then redis.call('HDEL', P .. 'unfinished', key) end
end

local function place(t, from)
  if t.by then
    local before, after = (not from or ended(from)) and 0 or 1, ended(t.st) and 0 or 1
    unfinished[t.by] = (unfinished[t.by] or 0) + after - before
  end
  local home = homes[t.id]
  if home then
    home[2] = cell(t.st, t)
  else
    homes[t.id] = { from and cell(from, t), cell(t.st, t), t.c }
    order[#order + 1] = t.id
  end
end

-- `t` is no longer in its holder's hands, nor to be cancelled there: the same task may come to it again.
local function let_go(t)
  local worker = holder(t.k)
  gone[worker] = gone[worker] or {}
  table.insert(gone[worker], t.id)
  if t.x then redis.call('SREM', P .. 'cancel:' .. worker, t.id) end
end

-- Moves `t` to `state` and writes the fields given beside it.
local function move(t, state, ...)
  if not LEGAL[t.st][state] then
    error('illegal move of ' .. t.id .. ': ' .. t.st .. ' -> ' .. state)
  end
  local from = t.st
  t.st = state
  if from == 'STARTED' and waiting(t) then redis.call('HDEL', t.key, 'pg', 'w') end -- what they tell is over
  redis.call('HSET', t.key, 'st', state, ...)
  if from == 'STARTED' then let_go(t) end
  place(t, from)
  announce(t)
end

local chunk_revoked -- include/batch.lua says what becomes of a batch then

local function revoke(t, now, ...)
  move(t, 'REVOKED', 'f', since(t, now), ...)
  count('revoked', t)
  if t.b then chunk_revoked(t, now) end
end

local function settle()
  local leave, enter = {}, {}
  for _, id in ipairs(order) do
    local home = homes[id]
    if home[1] ~= home[2] then
      if home[1] then
        leave[home[1]] = leave[home[1]] or {}
        table.insert(leave[home[1]], id)
      end
      enter[home[2]] = enter[home[2]] or {}
      table.insert(enter[home[2]], string.format('%.0f', home[3]))
      table.insert(enter[home[2]], id)
    end
  end
  for key, ids in pairs(leave) do many('ZREM', key, ids) end
  for key, pairs_of in pairs(enter) do many('ZADD', key, pairs_of) end
  for worker, ids in pairs(gone) do many('SREM', P .. 'run:' .. worker, ids) end
  for key, n in pairs(unfinished) do
    if n ~= 0 then count_unfinished(key, n) end
  end
  for field, n in pairs(totals) do redis.call('HINCRBY', P .. 'totals', field, n) end
  for field, n in pairs(histograms) do redis.call('HINCRBY', P .. 'histograms', field, n) end
end
