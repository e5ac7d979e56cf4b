#!lua
-- Make an API key: its description and its secret's digest, or neither.
-- KEYS  prefix
-- ARGV  name, digest of the secret, description (JSON, with the digest), by whom
-- Returns 1 made, now or before; 0 there is another of that name
-- include: clock record key_log
local known = redis.call('HGET', P .. 'keys', ARGV[1])
if known then return cjson.decode(known).digest == ARGV[2] and 1 or 0 end
redis.call('HSET', P .. 'keys', ARGV[1], ARGV[3])
redis.call('HSET', P .. 'secrets', ARGV[2], ARGV[1])
log_key('created', cjson.decode(ARGV[3]), ARGV[4])
return 1
