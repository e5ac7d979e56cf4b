#!lua flags=allow-oom
-- Ask a worker to stop as if by SIGTERM. Asked again, the first note stays.
-- KEYS  prefix
-- ARGV  worker, who asks and when (JSON), heartbeat timeout us
-- Returns 1 asked, now or before; 0 no such worker beats
-- include: clock record grace
if timed_out(ARGV[1], read_clock(), tonumber(ARGV[3])) then return 0 end
redis.call('HSETNX', P .. 'drain', ARGV[1], ARGV[2])
return 1
