#!lua
-- Accept tasks.
-- KEYS  prefix
-- ARGV  entropy, then for each task: id, task, queue, args, priority, due (us, "+us" from now, or ""), retries,
--       backoff, timeout, digest; empty where not set
-- Returns for each task: 0 new, 1 known with the same payload, 2 known with another
-- include: clock record move ready admit
local now = read_clock()
local out, ready = {}, {}
for i = 2, #ARGV, 10 do
  local id, digest = ARGV[i], ARGV[i + 9]
  local known = redis.call('HMGET', key_of(id), 'st', 'd')
  if known[1] then -- a part of a batch has no digest: its id is taken
    out[#out + 1] = known[2] == digest and 1 or 2
  else
    local t = { id = id, key = key_of(id), n = ARGV[i + 1], q = ARGV[i + 2], p = tonumber(ARGV[i + 4]),
      c = next_stamp(now), r = ARGV[1] .. string.format('%x', i) }
    local due = ARGV[i + 5]
    if string.sub(due, 1, 1) == '+' then due = now + tonumber(due) else due = tonumber(due) end
    local extra = { 'a', ARGV[i + 3], 'd', digest }
    local function set(field, value)
      if value ~= '' then extra[#extra + 1] = field; extra[#extra + 1] = value end
    end
    set('rt', ARGV[i + 6])
    set('bo', ARGV[i + 7])
    set('tm', ARGV[i + 8])
    if due and due > now then set('u', string.format('%.0f', due)) end
    admit(t, unpack(extra))
    if due and due > now then
      redis.call('ZADD', P .. 'due', string.format('%.0f', due), id)
    else
      ready[t.q] = ready[t.q] or {}
      table.insert(ready[t.q], score(t))
      table.insert(ready[t.q], id)
    end
    out[#out + 1] = 0
  end
end
for queue, list in pairs(ready) do many('ZADD', P .. 'ready:' .. queue, list) end
if next(ready) then wake() end
settle_admission()
settle()
return out
