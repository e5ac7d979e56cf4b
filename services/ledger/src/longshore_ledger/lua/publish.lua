#!lua
-- Publish definitions of tasks: the newest one of a name is in the catalogue.
-- A worker of an older release publishes again and again, too. So a definition that was superseded is remembered, and
-- changes nothing when it comes back, unless it is said to be the newest on purpose: a release that is rolled back.
-- KEYS  prefix
-- ARGV  1: these are the newest, whatever was published before, else 0; then for each task: name, definition (JSON)
-- Returns for each task: 1 taken, 0 it is the newest already, -1 there is a newer one
-- include: clock record
local KEPT = 64 -- digests a name

local now = read_clock()
local out, changed = {}, false

local function published(name)
  local read, found = pcall(cjson.decode, redis.call('HGET', P .. 'definitions', name) or '')
  if read and type(found) == 'table' and type(found.seen) == 'table' then return found.seen end
  return {}
end

for i = 2, #ARGV, 2 do
  local name, text = ARGV[i], ARGV[i + 1]
  local current, digest, seen = redis.call('HGET', P .. 'catalogue', name), redis.sha1hex(text), published(name)
  local newest, place = seen[#seen], nil
  for n, each in ipairs(seen) do
    if each == digest then place = n end
  end
  -- What this script did not write (an earlier Longshore did, or a hand) is older than anything.
  local intact = current and newest == redis.sha1hex(current)
  if intact and newest == digest then
    out[#out + 1] = 0
  elseif intact and place and ARGV[1] ~= '1' then
    out[#out + 1] = -1
  else
    if place then table.remove(seen, place) end
    seen[#seen + 1] = digest
    if #seen > KEPT then table.remove(seen, 1) end
    redis.call('HSET', P .. 'catalogue', name, text)
    redis.call('HSET', P .. 'definitions', name, cjson.encode({ at = string.format('%.0f', now), seen = seen }))
    changed = true
    out[#out + 1] = 1
  end
end
if changed then redis.call('INCR', P .. 'catalogue:version') end
return out
