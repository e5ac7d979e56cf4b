#!lua flags=allow-oom
-- Forget finished tasks of one cell that ended before a time; chunks of a batch go with it: their cells are others.
-- KEYS  prefix
-- ARGV  state, queue, task, ended before (us), stamp to go on behind, stamp to go up to, limit
-- Returns how many were forgotten, and the stamp of the last one looked at or -1 at the end
-- include: record damage
local state, queue, name, before, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[7])
if not ended(state) then return { 0, '-1' } end
local key = P .. 'c:' .. state .. ':' .. queue .. ':' .. name
local page = redis.call('ZRANGEBYSCORE', key, '(' .. ARGV[5], ARGV[6], 'WITHSCORES', 'LIMIT', 0, limit)
local forgotten = {}
for i = 1, #page, 2 do
  local id = page[i]
  local h = fields_of(key_of(id), { 'st', 'n', 'q', 'c', 'f' })
  local there = not h or next(h)
  local took = h and tonumber(h.f or '') or 0 -- nobody knows when what is damaged ended
  -- A copy that is still out would be unknown, and parked, when it comes.
  if there and page[i + 1] + took * 1000 < before and not redis.call('ZSCORE', P .. 'out:' .. queue, id) then
    redis.call('DEL', key_of(id))
    forgotten[#forgotten + 1] = id
  end
end
if #forgotten > 0 then redis.call('ZREM', key, unpack(forgotten)) end
return { #forgotten, #page < limit * 2 and '-1' or page[#page] }
