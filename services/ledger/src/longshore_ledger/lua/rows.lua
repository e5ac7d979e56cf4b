#!lua flags=allow-oom,no-writes
-- The next rows of several cells, all of one moment. A script, since MULTI is refused when memory is full.
-- KEYS  prefix
-- ARGV  ZRANGEBYSCORE or ZREVRANGEBYSCORE, its two bounds, most rows of a cell, then the cells' keys
-- Returns for each cell: ids and stamps in turn
local out = {}
for i = 5, #ARGV do
  out[#out + 1] = redis.call(ARGV[1], ARGV[i], ARGV[2], ARGV[3], 'WITHSCORES', 'LIMIT', 0, ARGV[4])
end
return out
