#!lua flags=allow-oom
-- A worker vouches for what it really runs: the doubt is over.
-- KEYS  prefix
-- ARGV  for each task: id, token
-- Returns how many doubts ended
-- include: record
local ended = 0
for i = 1, #ARGV, 2 do
  ended = ended + redis.call('ZREM', P .. 'doubt', ARGV[i] .. '|' .. ARGV[i + 1])
end
return ended
