#!lua flags=allow-oom
-- A worker does not know tasks that it runs as far as the ledger knows: each is put in doubt, as by a second copy.
-- KEYS  prefix
-- ARGV  worker, then ids
-- Returns how many were put in doubt
-- include: record damage
local worker, doubts = ARGV[1], {}

local function doubted(id)
  local t = read(id)
  if not t or t.st ~= 'STARTED' or holder(t.k) ~= worker then return false end
  doubts[#doubts + 1] = id .. '|' .. t.k
  return true
end

for i = 2, #ARGV do
  local past, doubtful = get_past(ARGV[i], doubted, ARGV[i])
  if past and not doubtful then redis.call('SREM', P .. 'run:' .. worker, ARGV[i]) end
end
many('SADD', P .. 'doubt:' .. worker, doubts)
raise_failure()
return #doubts
