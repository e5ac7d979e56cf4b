#!lua flags=allow-oom
-- Keep a sample of the figures, unless this slot of time has one; forget what is too old.
-- KEYS  prefix
-- ARGV  slot, the sample, the oldest slot to keep
-- Returns 1 when it is kept, 0 when another scheduler was faster
-- include: record
local kept = redis.call('HSETNX', P .. 'history', ARGV[1], ARGV[2])
local slot, oldest = tonumber(ARGV[1]), tonumber(ARGV[3])
for _, field in ipairs(redis.call('HKEYS', P .. 'history')) do
  -- A slot to come is left from before the clock was set back.
  local at = tonumber(field) or 0 -- a name that is no time is damaged
  if at < oldest or at > slot then redis.call('HDEL', P .. 'history', field) end
end
return kept
