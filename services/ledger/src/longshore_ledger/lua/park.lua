#!lua flags=allow-oom
-- Keep messages that are no copies of a task that the ledger knows, up to a number of them: the first ones.
-- KEYS  prefix
-- ARGV  the most that are kept, then names and messages
-- Returns the names of those that are not kept
-- include: record
local most, left_out = tonumber(ARGV[1]), {}
for i = 2, #ARGV, 2 do
  if redis.call('HLEN', P .. 'parked') < most or redis.call('HEXISTS', P .. 'parked', ARGV[i]) == 1 then
    redis.call('HSET', P .. 'parked', ARGV[i], ARGV[i + 1])
  else
    left_out[#left_out + 1] = ARGV[i]
  end
end
return left_out
