#!lua flags=allow-oom
-- A write for WAIT to wait for, on the connection that asks. It goes on when memory is full, as WAIT does.
-- KEYS  prefix
-- include: record
redis.call('SET', P .. 'mark', 1)
