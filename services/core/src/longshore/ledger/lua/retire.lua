#!lua flags=allow-oom
-- Forget finished tasks of one cell that ended before a time; parts of a batch go with it: their cells are others.
-- KEYS  prefix
-- ARGV  state, queue, task, ended before (us), stamp to go on behind, limit
-- Returns how many were forgotten, and the stamp of the last one looked at or -1 at the end
-- include: record
local state, queue, name, before, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[6])
if state ~= 'SUCCESS' and state ~= 'FAILURE' and state ~= 'REVOKED' then return { 0, '-1' } end
local key = P .. 'c:' .. state .. ':' .. queue .. ':' .. name
local page = redis.call('ZRANGEBYSCORE', key, '(' .. ARGV[5], string.format('%.0f', before), 'WITHSCORES', 'LIMIT', 0,
  limit)
local forgotten = {}
for i = 1, #page, 2 do
  local id = page[i]
  local h = redis.call('HMGET', key_of(id), 'c', 'f')
  -- A copy that is still out would be unknown, and parked, when it comes.
  if h[1] and h[1] + (h[2] or 0) * 1000 < before and not redis.call('ZSCORE', P .. 'out:' .. queue, id) then
    redis.call('DEL', key_of(id))
    forgotten[#forgotten + 1] = id
  end
end
if #forgotten > 0 then redis.call('ZREM', key, unpack(forgotten)) end
return { #forgotten, #page < limit * 2 and '-1' or page[#page] }
