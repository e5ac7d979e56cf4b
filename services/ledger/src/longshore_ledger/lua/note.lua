#!lua flags=allow-oom
-- Write down what must not be lost when memory is full: what the broker said.
-- KEYS  prefix
-- ARGV  name of the hash, then fields and values
-- include: record
redis.call('HSET', P .. ARGV[1], unpack(ARGV, 2))
