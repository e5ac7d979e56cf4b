#!lua flags=allow-oom,no-writes
-- What a batch says of itself, and what some of its chunks have of its lines, all of one moment.
-- KEYS  prefix
-- ARGV  id, the first chunk, limit of chunks
-- Returns what consistency.BatchFacts lists (JSON)
-- include: record damage
local id, first = ARGV[1], tonumber(ARGV[2])
local b = fields_of(P .. 'b:' .. id, { 'st', 'total', 'done', 'failed', 'from_file', 'walk' }) or {}
local damaged, lines, kinds = redis.call('HEXISTS', P .. 'damaged', 'batch ' .. id), 0, {}
for n = first, math.min(first + ARGV[3], tonumber(b.from_file or '') or 0) - 1 do
  local chunk = id .. '.' .. n
  local t = fields_of(key_of(chunk), { 'm' }) or {}
  damaged = damaged + redis.call('HEXISTS', P .. 'damaged', chunk)
  lines = lines + (tonumber(t.m or '') or 0)
  local read, recorded = pcall(redis.call, 'LRANGE', P .. 'o:' .. chunk, 0, -1)
  for _, line in ipairs(read and recorded or {}) do
    local kind = string.sub(line, 1, 1)
    kinds[kind] = (kinds[kind] or 0) + 1
  end
end
return cjson.encode({ record = b, lines = lines, kinds = kinds, damaged = damaged > 0,
  upload = redis.call('ZSCORE', P .. 'uploads', id) ~= false,
  live = redis.call('SISMEMBER', P .. 'live', id) == 1 })
