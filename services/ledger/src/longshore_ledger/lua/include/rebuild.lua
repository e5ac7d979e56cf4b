-- Where `id` is counted, whatever its record says: state, queue, task, ":chunk" or "", stamp; nil where it is nowhere.
local function counted(id)
  for _, pair in ipairs(redis.call('SMEMBERS', P .. 'pairs')) do
    local queue, name, kind = string.match(pair, '^([^:]*):([^:]*)(.*)$')
    for state in pairs(LEGAL) do
      local stamp = redis.call('ZSCORE', P .. 'c:' .. state .. ':' .. pair, id)
      if stamp then return state, queue, name, kind, string.format('%.0f', stamp) end
    end
  end
end

-- A record that cannot be read gets anew what every script decides by, so that somebody who wants it cancelled or run
-- anew can have that; what is known nowhere else begins anew. What was running in unknown hands waits.
local function rebuild(id, now, state, queue, name, kind, stamp)
  local key, h = key_of(id), fields_of(key_of(id), { 'k' })
  if not h then redis.call('DEL', key) end
  if state == 'STARTED' and not (h and holder(h.k)) then
    redis.call('ZREM', P .. 'c:' .. state .. ':' .. queue .. ':' .. name .. kind, id)
    state = 'PENDING'
    redis.call('ZADD', P .. 'c:' .. state .. ':' .. queue .. ':' .. name .. kind, stamp, id)
  elseif state == 'STARTED' then
    watch(id, holder(h.k), now)
  end
  redis.call('HDEL', key, 'at', 'dd', 'dl', 'u', 'sp', 'hi', 'pg', 'w', 'rt', 'bo', 'tm')
  redis.call('HSET', key, 'st', state, 'n', name, 'q', queue, 'c', stamp, 'p', 4, 'r', 'rebuilt')
  redis.call('HDEL', P .. 'damaged', id)
end
