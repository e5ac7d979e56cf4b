#!lua flags=allow-oom
-- The broker lost copies: what is outstanding for longer than `age` is made ready again. A copy that was not
-- lost after all is dropped when it is started second.
-- KEYS  prefix
-- ARGV  queue, age in us, limit
-- Returns how many were looked at; with `limit` of them, ask again
-- include: clock record damage remember move ready
local now = read_clock()
local outstanding, lease = P .. 'out:' .. ARGV[1], P .. 'lease:' .. ARGV[1]
local ids = redis.call('ZRANGEBYSCORE', outstanding, '-inf', string.format('%.0f', now - ARGV[2]), 'LIMIT', 0, ARGV[3])

local function publish_again(id)
  local t = read(id)
  if t and t.st == 'QUEUED' then
    remember(t, 'PENDING', 'the broker lost its copy', now)
    move(t, 'PENDING', 'w', 'the broker lost its copy')
    make_ready(t)
    count('republished', t)
  end
end

for _, id in ipairs(ids) do
  -- A lease is the relay's business; it confirms, gives back or lapses.
  if not redis.call('ZSCORE', lease, id) and get_past(id, publish_again, id) then
    redis.call('ZREM', outstanding, id)
  end
end
settle()
raise_failure()
return #ids
