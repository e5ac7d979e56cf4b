#!lua flags=allow-oom
-- A worker confirms what it really runs: the doubt is over.
-- KEYS  prefix
-- ARGV  for each task: id, token
-- Returns how many doubts ended
-- include: record
local ended = 0
for i = 1, #ARGV, 2 do
  local doubt = ARGV[i] .. '|' .. ARGV[i + 1]
  ended = ended + redis.call('SREM', P .. 'doubt:' .. holder(ARGV[i + 1]), doubt)
  redis.call('ZREM', P .. 'doubt', doubt)
end
return ended
