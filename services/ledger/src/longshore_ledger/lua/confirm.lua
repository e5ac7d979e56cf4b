#!lua flags=allow-oom
-- The broker has these copies.
-- KEYS  prefix
-- ARGV  queue, then for each task: id, run
-- Returns how many became QUEUED
-- include: clock record damage move
local now = read_clock()
local lease, moved = P .. 'lease:' .. ARGV[1], 0

local function confirm(i)
  local t = read(ARGV[i])
  -- Without a lease a worker was faster than the confirm, and may have given the task back already; or the lease
  -- has lapsed and it is ready once more. It is not QUEUED then: nobody would publish it again.
  if t and t.r == ARGV[i + 1] and redis.call('ZREM', lease, t.id) == 1 and waiting(t) then
    move(t, 'QUEUED', 'qt', since(t, now))
    moved = moved + 1
  end
end

for i = 2, #ARGV, 2 do get_past(ARGV[i], confirm, i) end
settle()
raise_failure()
return moved
