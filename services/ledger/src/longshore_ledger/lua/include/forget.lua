local function gone_key(id) return P .. 'gone:' .. id end -- see include/batch.lua

-- Forgets chunks of batch `id`, whose record is at `key`: the last ones first, `limit` of them. None of them may be
-- running, or out. Returns how many are left.
local function forget_chunks(id, key, limit)
  local b = redis.call('HMGET', key, 'chunks', 'n', 'q')
  local chunks = tonumber(b[1] or 0)
  local left = math.max(0, chunks - limit)
  for n = left, chunks - 1 do
    local chunk = id .. '.' .. n
    -- What is of another type is damaged.
    local t = fields_of(key_of(chunk), { 'st', 'b', 'by' }) or { b = id }
    if t.b == id then -- anybody's task may have had that name before corrections passed it over
      for state in pairs(LEGAL[t.st] and { [t.st] = true } or LEGAL) do
        redis.call('ZREM', P .. 'c:' .. state .. ':' .. b[3] .. ':' .. b[2] .. ':chunk', chunk)
      end
      redis.call('DEL', key_of(chunk), P .. 'o:' .. chunk)
      if t.by and not ended(t.st) then count_unfinished(t.by, -1) end -- its upload was given up: it never moves again
    end
  end
  redis.call('HSET', key, 'chunks', left)
  return left
end
