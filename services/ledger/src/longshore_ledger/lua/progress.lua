#!lua flags=allow-oom
-- How far running tasks say they are.
-- KEYS  prefix
-- ARGV  for each task: id, token, "done/total"
-- Returns how many were noted
-- include: record damage
local noted = 0

local function note(i)
  local h = redis.call('HMGET', key_of(ARGV[i]), 'st', 'k')
  if h[1] == 'STARTED' and h[2] == ARGV[i + 1] then
    redis.call('HSET', key_of(ARGV[i]), 'pg', ARGV[i + 2])
    noted = noted + 1
  end
end

for i = 1, #ARGV, 3 do get_past(ARGV[i], note, i) end
raise_failure()
return noted
