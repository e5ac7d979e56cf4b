#!lua flags=allow-oom
-- Copies that did not reach the broker: ready again.
-- KEYS  prefix
-- ARGV  queue, then for each task: id, run
-- Returns how many are ready again
-- include: clock record ready
local returned = 0
for i = 2, #ARGV, 2 do
  local t = read(ARGV[i])
  if t and t.r == ARGV[i + 1] then
    redis.call('ZREM', P .. 'lease:' .. ARGV[1], t.id)
    redis.call('ZREM', P .. 'out:' .. ARGV[1], t.id)
    if waiting(t) then
      make_ready(t)
      returned = returned + 1
    end
  end
end
return returned
