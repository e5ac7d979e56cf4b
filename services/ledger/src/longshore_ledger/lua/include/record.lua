-- The record of a task: a hash at <prefix>t:<id>. Field names are short because a million records are kept.
--   st state      n  task       q  queue      a  arguments (JSON)   p  priority    d  digest of the payload
--   c  stamp: submission time, us, unique and rising                r  run         u  due time, us
--   rt retries    bo backoff, s tm timeout, s at attempts used up   k  token of the holder, or of the last one
--   qt, s, f      queued, started, finished: ms since c             dl deliveries  dd crashes
--   v  result (JSON)            e  error (JSON)                     x  who asked to cancel
--   w  why it was released      pg progress "done/total"            h  retries by hand, hr run of the last one
--   by name of the key that submitted it; none where no key was asked for
--   sp 1 while it is suspect of having taken a whole worker along: it runs with nothing beside it
--   hi what happened besides the straight way: see include/remember.lua
-- and of a chunk of a batch: b batch, m lines, of lines done, y alone, ot chunk it corrects, ix lines it corrects
local P = KEYS[1] .. ':'
local EPOCH = 1735689600000000 -- 2025-01-01, us: keeps the scores of the ready sets exact until 2050

local LEGAL = cjson.decode('@LEGAL@') -- states.py, put in when the scripts are loaded

local FIELDS = { 'st', 'n', 'q', 'c', 'r', 'k', 'p', 'at', 'dd', 'x', 'b', 'u', 'dl', 'sp', 'by' }

-- What it is called, and a pattern of what it may be; an optional one may be empty.
local SHAPES = { n = { 'task', '^[%w._-]+$' }, q = { 'queue', '^[%w._-]+$' }, c = { 'stamp', '^%d+$' },
  r = { 'run', '^[%w._-]+$' }, p = { 'priority', '^%d$' }, at = { 'attempts', '^%d*$' }, dd = { 'crashes', '^%d*$' },
  u = { 'due time', '^%d*$' }, dl = { 'deliveries', '^%d*$' } }

local function key_of(id) return P .. 't:' .. id end

local function holder(token) return token and string.match(token, '^[^.]+') end

-- Raises what is wrong with the `FIELDS` of a record, before anything is written because of them.
local function check(h)
  if not LEGAL[h[1]] then error('field st (state) is ' .. (h[1] or 'missing'), 0) end
  for i, name in ipairs(FIELDS) do
    local shape = SHAPES[name]
    if shape and not string.find(h[i] or '', shape[2]) then
      error('field ' .. name .. ' (' .. shape[1] .. ') is ' .. (h[i] or 'missing'), 0)
    end
  end
  if h[1] == 'STARTED' and not holder(h[6]) then error('field k (token of its holder) is missing', 0) end
end

-- Returns the fields every script decides by, or nil where there is no such task. Raises what is wrong with the record:
-- see include/damage.lua.
local function read(id)
  local h = redis.call('HMGET', key_of(id), unpack(FIELDS))
  if not h[1] and redis.call('EXISTS', key_of(id)) == 0 then return nil end
  check(h)
  local t = { id = id, key = key_of(id), st = h[1], n = h[2], q = h[3], c = tonumber(h[4]), r = h[5], k = h[6],
    p = tonumber(h[7]), at = tonumber(h[8] or 0), dd = tonumber(h[9] or 0), x = h[10], b = h[11],
    u = h[12] and tonumber(h[12]), dl = tonumber(h[13] or 0), sp = h[14] == '1', by = h[15] }
  return t
end

local function waiting(t) return t.st == 'PENDING' or t.st == 'RETRY' end

local function ended(state) return state == 'SUCCESS' or state == 'FAILURE' or state == 'REVOKED' end

-- Milliseconds from the task's submission to `now`; what the record keeps of a time.
local function since(t, now) return math.max(0, math.floor((now - t.c) / 1000)) end

-- Redis commands take some 8,000 arguments at the most; a long list is sent in parts.
local function many(command, key, list)
  for i = 1, #list, 4000 do
    redis.call(command, key, unpack(list, i, math.min(i + 3999, #list)))
  end
end
