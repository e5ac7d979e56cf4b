#!lua
-- Accept tasks.
-- KEYS  prefix
-- ARGV  entropy, key that submits or "", how many of its tasks may be unfinished (0: any number), then for each task:
--       id, task, queue, args, priority, due (us, "+us" from now, or ""), retries, backoff, timeout, digest; empty where
--       not set
-- Returns for each task: 0 new, 1 known with the same payload, 2 known with another, 4 one too many of this key
-- include: clock record damage move ready admit room
local now = read_clock()
local by, room = ARGV[2] ~= '' and ARGV[2], room_of(ARGV[2], ARGV[3])
local out, ready = {}, {}
for i = 4, #ARGV, 10 do
  local id, digest = ARGV[i], ARGV[i + 9]
  local known = fields_of(key_of(id), { 'd', 'st', 'c' })
  if not known or next(known) then -- a chunk of a batch has no digest: its id is taken, as is that of a damaged record
    out[#out + 1] = known and known.d == digest and 1 or 2
  elseif room <= 0 then
    out[#out + 1] = 4
  else
    room = room - 1
    local t = { id = id, key = key_of(id), n = ARGV[i + 1], q = ARGV[i + 2], p = tonumber(ARGV[i + 4]),
      c = next_stamp(now), r = ARGV[1] .. string.format('%x', i), by = by }
    local due = ARGV[i + 5]
    if string.sub(due, 1, 1) == '+' then due = now + tonumber(due) else due = tonumber(due) end
    local extra = { 'a', ARGV[i + 3], 'd', digest }
    local function set(field, value)
      if value ~= '' then extra[#extra + 1] = field; extra[#extra + 1] = value end
    end
    set('by', ARGV[2])
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
