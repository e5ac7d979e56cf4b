#!lua flags=allow-oom
-- A worker says goodbye. One that still holds tasks is not forgotten: it lapses, and they are reaped.
-- KEYS  prefix
-- ARGV  worker
-- Returns 1 when it is forgotten, else 0
-- include: record grace
local worker = ARGV[1]
if redis.call('EXISTS', P .. 'run:' .. worker) == 1 then return 0 end
forget(worker)
return 1
