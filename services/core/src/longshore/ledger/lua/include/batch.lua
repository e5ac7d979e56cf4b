-- The record of a batch: a hash at <prefix>b:<id>. Its chunks are the tasks <id>.0, <id>.1, ...
--   st state   n task   q queue   p priority   d digest   c stamp   f finished, us   nm file name   fm format
--   hd header (JSON)    tm timeout, s
--   total, done (failed ones too), failed: lines             chunks: tasks made   parts: of them, those of the file
--   walk: the next chunk that closing or revoking has to visit                    o  the call that opened it
local function batch_key(id) return P .. 'b:' .. id end

local function batch_state(id) return redis.call('HGET', batch_key(id), 'st') end

-- Nobody wants `t` to run any more: it was cancelled, or its batch was.
local function unwanted(t) return t.x or (t.b and batch_state(t.b) == 'REVOKED') end

-- Adds processed lines to the batch's counters and ends it when all are done.
local function tally(id, done, failed, now)
  local key = batch_key(id)
  local sum = redis.call('HINCRBY', key, 'done', done)
  if failed ~= 0 then redis.call('HINCRBY', key, 'failed', failed) end
  local b = redis.call('HMGET', key, 'st', 'total')
  if b[1] == 'RUNNING' and sum >= tonumber(b[2]) then
    redis.call('HSET', key, 'st', 'DONE', 'f', string.format('%.0f', now))
  end
end

-- Stores processed lines of chunk `t` and moves it on: SUCCESS when all are done, else back among the ready,
-- as a new run, so that a second copy of the slice just done is dropped. `spoilt` lines are failed ones.
local function record_lines(t, lines, spoilt, run, now, ...)
  local c = redis.call('HMGET', t.key, 'm', 'of', 'ot', 'ix')
  local offset = tonumber(c[2] or 0)
  if c[3] then -- a chunk of corrections: each line replaces the failed one it repeats
    local places = cjson.decode(c[4])
    for i, line in ipairs(lines) do redis.call('LSET', P .. 'o:' .. c[3], places[offset + i], line) end
  else
    many('RPUSH', P .. 'o:' .. t.id, lines)
  end
  offset = offset + #lines
  tally(t.b, #lines, spoilt, now)
  if offset >= tonumber(c[1]) then
    move(t, 'SUCCESS', 'of', offset, 'f', since(t, now), ...)
    count('succeeded', t)
  elseif unwanted(t) then
    revoke(t, now, 'of', offset, ...)
  else
    move(t, 'PENDING', 'of', offset, 'r', run, ...)
    make_ready(t)
  end
end
