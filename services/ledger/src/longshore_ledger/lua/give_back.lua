#!lua flags=allow-oom
-- Copies that did not reach the broker: ready again.
-- KEYS  prefix
-- ARGV  queue, then for each task: id, run
-- Returns how many are ready again
-- include: clock record damage ready
local lease, returned = P .. 'lease:' .. ARGV[1], 0

local function give_back(i)
  local t = read(ARGV[i])
  -- Without a lease it lapsed: another relay has claimed the task since, and its copy is outstanding.
  if t and t.r == ARGV[i + 1] and redis.call('ZREM', lease, t.id) == 1 then
    redis.call('ZREM', P .. 'out:' .. ARGV[1], t.id)
    if waiting(t) then
      make_ready(t)
      returned = returned + 1
    end
  end
end

for i = 2, #ARGV, 2 do get_past(ARGV[i], give_back, i) end
raise_failure()
return returned
