#!lua flags=allow-oom
-- The broker has these copies.
-- KEYS  prefix
-- ARGV  queue, then for each task: id, run
-- Returns how many became QUEUED
-- include: clock record move
local now = read_clock()
local moved, ids = 0, {}
for i = 2, #ARGV, 2 do
  local t = read(ARGV[i])
  if t and t.r == ARGV[i + 1] then
    ids[#ids + 1] = t.id
    if waiting(t) then -- else a worker was faster than the confirm, or it was cancelled
      move(t, 'QUEUED', 'qt', since(t, now))
      moved = moved + 1
    end
  end
end
if #ids > 0 then many('ZREM', P .. 'lease:' .. ARGV[1], ids) end
settle()
return moved
