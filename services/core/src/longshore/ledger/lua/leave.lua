#!lua flags=allow-oom
-- A worker says goodbye. One that still holds tasks is not forgotten: it lapses, and they are judged.
-- KEYS  prefix
-- ARGV  worker
-- Returns 1 when it is forgotten, else 0
-- include: record
local worker = ARGV[1]
if redis.call('EXISTS', P .. 'run:' .. worker) == 1 then return 0 end
redis.call('ZREM', P .. 'workers', worker)
redis.call('HDEL', P .. 'worker', worker)
redis.call('DEL', P .. 'cancel:' .. worker, P .. 'doubt:' .. worker)
return 1
