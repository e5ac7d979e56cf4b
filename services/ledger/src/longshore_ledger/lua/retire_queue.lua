#!lua flags=allow-oom
-- Forget queues that have no task in any state and that nobody declares: no task of the catalogue, no worker, no
-- operator who holds them. A submission that comes a moment later makes the queue anew, for it is a script, too.
-- What the broker said of a queue is kept: it tells the scheduler which queues to delete there.
-- KEYS  prefix
-- ARGV  queues
-- Returns those that were forgotten
-- include: record move
local declared, tasks_of, retired = {}, {}, {}

local function declare(text, field)
  local read, found = pcall(cjson.decode, text)
  local queues = read and type(found) == 'table' and found[field] -- a damaged one declares nothing
  for _, queue in ipairs(type(queues) == 'table' and queues or { queues }) do declared[queue] = true end
end

for _, text in ipairs(redis.call('HVALS', P .. 'catalogue')) do declare(text, 'queue') end
for _, text in ipairs(redis.call('HVALS', P .. 'worker')) do declare(text, 'queues') end
for _, queue in ipairs(redis.call('HKEYS', P .. 'paused')) do declared[queue] = true end
for _, pair in ipairs(redis.call('SMEMBERS', P .. 'pairs')) do
  local queue = string.match(pair, '^[^:]*')
  tasks_of[queue] = tasks_of[queue] or {}
  table.insert(tasks_of[queue], pair)
end

local function has_tasks(queue)
  for _, pair in ipairs(tasks_of[queue]) do
    for state in pairs(LEGAL) do
      if redis.call('EXISTS', P .. 'c:' .. state .. ':' .. pair) == 1 then return true end
    end
  end
  return false
end

local function forget_fields(hash)
  local fields = {}
  for _, field in ipairs(redis.call('HKEYS', P .. hash)) do
    if retired[string.match(field, '^[^|]*|([^|]*)|')] then fields[#fields + 1] = field end
  end
  many('HDEL', P .. hash, fields)
end

local out = {}
for _, queue in ipairs(ARGV) do
  if tasks_of[queue] and not declared[queue] and not has_tasks(queue) then
    many('SREM', P .. 'pairs', tasks_of[queue])
    redis.call('HDEL', P .. 'refused', queue)
    retired[queue] = true
    out[#out + 1] = queue
  end
end
if #out > 0 then
  forget_fields('totals')
  forget_fields('histograms')
end
return out
