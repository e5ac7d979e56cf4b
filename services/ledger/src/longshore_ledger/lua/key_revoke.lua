#!lua flags=allow-oom
-- Make an API key worthless.
-- KEYS  prefix
-- ARGV  name, by whom
-- Returns 1, or 0 where there is none of that name
-- include: clock record key_log
local known = redis.call('HGET', P .. 'keys', ARGV[1])
if not known then return 0 end
local key = cjson.decode(known)
redis.call('HDEL', P .. 'secrets', key.digest)
redis.call('HDEL', P .. 'keys', ARGV[1])
log_key('revoked', key, ARGV[2])
return 1
