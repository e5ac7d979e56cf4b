#!lua flags=allow-oom
-- Ask a worker to stop as if by SIGTERM. Asked again, the first note stays.
-- KEYS  prefix
-- ARGV  worker, who asks and when (JSON), lapse us
-- Returns 1 asked, now or before; 0 no such worker beats
-- include: clock record grace
if lapsed(ARGV[1], read_clock(), tonumber(ARGV[3])) then return 0 end
redis.call('HSETNX', P .. 'drain', ARGV[1], ARGV[2])
return 1
