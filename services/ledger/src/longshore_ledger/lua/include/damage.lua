-- A record may be damaged: by a hand, a disk, another program. That must not fail what a call does for others, and what
-- would meet the record again at once must not: it is taken out of there, and noted in <prefix>damaged, id -> why.
-- A batch is noted as "batch <id>". recheck.lua puts back what was repaired.
local MOST_DAMAGED, LONGEST_FLAW = 1000, 200

local function note_damage(id, why)
  if redis.call('HLEN', P .. 'damaged') < MOST_DAMAGED or redis.call('HEXISTS', P .. 'damaged', id) == 1 then
    redis.call('HSET', P .. 'damaged', id, string.sub(why, 1, LONGEST_FLAW))
  end
end

-- The text of an error that Lua or `check` raised, nil for one of Redis' own. Redis 7 hands both to pcall as texts.
local function told_by_lua(e)
  return type(e) == 'string' and (string.match(e, '^user_script:%d+: (.*)$') or string.match(e, '^field .*$'))
end

-- The text of an error that reading a record raised. What is not about the record is about the server, and raised.
local function about_record(e)
  local text = type(e) == 'table' and e.err or e
  if told_by_lua(e) or string.find(text, '^WRONGTYPE') then return told_by_lua(e) or text end
  error(e, 0)
end

-- The fields of the hash at `key`, with the names before them; or nil, and why there are none.
local function fields_of(key, names)
  local done, h = pcall(redis.call, 'HMGET', key, unpack(names))
  if not done then return nil, about_record(h) end
  local found = {}
  for i, name in ipairs(names) do found[name] = h[i] or nil end
  return found
end

local function not_numbers(h, names)
  for _, name in ipairs(names) do
    if h[name] and not tonumber(h[name]) then return 'field ' .. name .. ' is no number' end
  end
end

local function not_json(h, names)
  for _, name in ipairs(names) do
    if h[name] and not pcall(cjson.decode, h[name]) then return 'field ' .. name .. ' is no JSON' end
  end
end

local BATCH_STATES = { OPEN = true, RUNNING = true, DONE = true, REVOKED = true }

local function flaw_of_batch(id)
  local h, why = fields_of(P .. 'b:' .. id, { 'st', 'total', 'done', 'failed', 'chunks', 'from_file', 'walk' })
  if not h then return why end
  if not next(h) then return nil end -- retention has begun to forget it
  if not BATCH_STATES[h.st] or not h.total then return 'field st or total is missing, or is none of its own' end
  return not_numbers(h, { 'total', 'done', 'failed', 'chunks', 'from_file', 'walk' })
end

-- Why the record of `id` cannot be worked with; nil where it can, or where there is none.
local function flaw(id)
  local batch = string.match(id, '^batch (.*)$')
  if batch then return flaw_of_batch(batch) end
  local done, t = pcall(read, id)
  if not done then return about_record(t) end
  local has_lines, lines = pcall(redis.call, 'LLEN', P .. 'o:' .. id)
  if not has_lines then return 'its lines: ' .. about_record(lines) end
  if not t or ended(t.st) then return nil end
  local h = fields_of(t.key, { 'a', 'tm', 'rt', 'bo', 'hi', 'm', 'of', 'ix' })
  if not h.a then return 'field a (arguments) is missing' end
  local why = not_numbers(h, { 'tm', 'rt', 'bo', 'm', 'of' }) or not_json(h, { 'hi', 'ix' })
  if why or not t.b then return why end
  why = flaw_of_batch(t.b)
  return why and 'its batch: ' .. why
end

-- `worker` is held to run the task again, and reaped if it does not live.
local function watch(id, worker, now)
  redis.call('SADD', P .. 'run:' .. worker, id)
  redis.call('ZADD', P .. 'workers', 'NX', string.format('%.0f', now), worker)
end

local failure = nil

-- Does something for one item that somebody asked about, and who will be told of the first error, by `raise_failure`:
-- Redis keeps what a script wrote before it failed, so the others are done first. Returns nil for an item that failed.
local function attempt(id, act, ...)
  local done, answer = pcall(act, ...)
  if done then return answer end
  failure = failure or answer
  local why = flaw(id)
  if why then note_damage(id, why) end
end

-- The same for what nobody would hear of: an item that fails is noted, whatever it is. Returns whether nothing more is
-- to be done for it here, and what `act` returned. Only an error of the server's is raised in the end.
local function get_past(id, act, ...)
  local done, answer = pcall(act, ...)
  if done then return true, answer end
  local why = flaw(id) or told_by_lua(answer)
  if not why then
    failure = failure or answer
    return false
  end
  note_damage(id, why)
  return true
end

-- Called last, where items were attempted.
local function raise_failure()
  if failure then error(failure, 0) end
end
