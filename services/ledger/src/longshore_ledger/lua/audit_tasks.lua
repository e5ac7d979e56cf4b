#!lua flags=allow-oom,no-writes
-- What tasks say of themselves and where each of them lies, all of one moment.
-- KEYS  prefix
-- ARGV  ZSCORE or SISMEMBER and the key of an index whose members are given, or "" twice; then ids, or members that
--       begin with one: "id|token"
-- Returns for each: what consistency.TaskFacts lists (JSON)
-- include: record damage
local function look(member)
  local id, token = string.match(member, '^([^|]*)|?(.*)$')
  local t = fields_of(key_of(id), { 'st', 'n', 'q', 'c', 'k', 'x', 'b', 'by' }) or {}
  local q, b, worker = t.q or '', t.b or '', holder(t.k) or ''
  local batch = fields_of(P .. 'b:' .. b, { 'st', 'walk', 'from_file', 'x' }) or {}
  local cells = {}
  for state in pairs(LEGAL) do
    for _, kind in ipairs({ '', ':chunk' }) do
      local name = state .. ':' .. q .. ':' .. (t.n or '') .. kind
      cells[name] = redis.call('ZSCORE', P .. 'c:' .. name, id) or nil
    end
  end
  return cjson.encode({ id = id, record = t, batch = batch, cells = cells,
    indexed = ARGV[1] ~= '' and (redis.call(ARGV[1], ARGV[2], member) or 0) ~= 0,
    ready = redis.call('ZSCORE', P .. 'ready:' .. q, id) ~= false,
    lease = redis.call('ZSCORE', P .. 'lease:' .. q, id) ~= false,
    out = redis.call('ZSCORE', P .. 'out:' .. q, id) ~= false,
    due = redis.call('ZSCORE', P .. 'due', id) ~= false,
    held = redis.call('SISMEMBER', P .. 'run:' .. worker, id) == 1,
    watched = redis.call('ZSCORE', P .. 'workers', worker) ~= false,
    heard = redis.call('SISMEMBER', P .. 'doubt:' .. (holder(token) or ''), member) == 1,
    walked = redis.call('SISMEMBER', P .. 'walks', b) == 1,
    gone = redis.call('EXISTS', P .. 'gone:' .. b) == 1,
    damaged = redis.call('HEXISTS', P .. 'damaged', id) + redis.call('HEXISTS', P .. 'damaged', 'batch ' .. b) > 0 })
end

local out = {}
for i = 3, #ARGV do out[#out + 1] = look(ARGV[i]) end
return out
