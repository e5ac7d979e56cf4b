-- The record of a batch: a hash at <prefix>b:<id>. Its chunks are the tasks <id>.0, <id>.1, ...
--   st state   n task   q queue   p priority   d digest   c stamp   f finished, us   nm file name   fm format
--   hd header (JSON)    tm timeout, s   by name of the key that uploaded it
--   total, done (failed ones too), failed: lines             chunks: tasks made   from_file: of them, those of the file
--   walk: the next chunk that closing or revoking has to visit
--   o  token of the upload that fills it            dg digest of the whole file, once it is there
--   gu 1: given up, its upload broke off            x  who cancelled it, or what of it was running again
--   ag 1: it was done, and failed lines run again   ct, cl the last call that corrected it, and what it answered
--   seen: chunks that retention has found at rest
-- Those that are neither DONE nor REVOKED are in <prefix>live, those whose output is being read in <prefix>reads.
-- One that retention is forgetting is at <prefix>gone:<id>: nobody sees it any more.
local function batch_key(id) return P .. 'b:' .. id end

local function batch_state(id) return redis.call('HGET', batch_key(id), 'st') end

-- Fields and values that a new chunk has from its batch.
local function inherited(timeout, by)
  local fields = timeout and { 'tm', timeout } or {}
  if by then fields = { 'by', by, unpack(fields) } end
  return fields
end

-- Nobody wants `t` to run any more: it was cancelled, or its batch was.
local function unwanted(t)
  if t.x or not t.b then return t.x end
  local b = redis.call('HMGET', batch_key(t.b), 'st', 'x')
  return b[1] == 'REVOKED' or b[2]
end

-- Adds processed lines to the batch's counters and ends it when all are done.
local function tally(id, done, failed, now)
  local key = batch_key(id)
  local sum = redis.call('HINCRBY', key, 'done', done)
  if failed ~= 0 then redis.call('HINCRBY', key, 'failed', failed) end
  local b = redis.call('HMGET', key, 'st', 'total')
  if b[1] == 'RUNNING' and sum >= tonumber(b[2]) then
    redis.call('HSET', key, 'st', 'DONE', 'f', string.format('%.0f', now))
    redis.call('HDEL', key, 'ag', 'x')
    redis.call('SREM', P .. 'live', id)
  end
end

-- Chunk `t` was revoked. If it was one of corrections, the lines it has not done keep the reasons they had.
function chunk_revoked(t, now)
  local c = redis.call('HMGET', t.key, 'ot', 'ix', 'of')
  if not c[1] then return end
  local results, places, kept = P .. 'o:' .. c[1], cjson.decode(c[2]), 0
  for i = tonumber(c[3] or 0) + 1, #places do
    local reason = string.sub(redis.call('LINDEX', results, places[i]), 2) -- see batch_correct.lua
    redis.call('LSET', results, places[i], reason ~= '' and reason or '!not run')
    kept = kept + 1
  end
  tally(t.b, kept, kept, now)
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
  if t.sp then redis.call('HSET', t.key, 'sp', 0) end -- its worker lives; the lines to come are tried like any
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
