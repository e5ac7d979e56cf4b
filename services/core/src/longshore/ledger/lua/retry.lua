#!lua
-- Run tasks anew that failed or were revoked: a new run, with all its attempts before it.
-- KEYS  prefix
-- ARGV  entropy, by whom, then ids
-- Returns for each: 0 pending, 1 neither failed nor revoked, 2 unknown, 3 part of a batch
-- include: clock record remember move ready
local now = read_clock()
local out = {}
for i = 3, #ARGV do
  local t, run = read(ARGV[i]), ARGV[1] .. string.format('%x', i)
  if not t then
    out[#out + 1] = 2
  elseif t.b then
    out[#out + 1] = 3
  elseif t.st == 'FAILURE' or t.st == 'REVOKED' then
    local h = redis.call('HMGET', t.key, 'f', 'e')
    local why = t.st == 'FAILURE' and told(h[2]) or 'cancelled by ' .. (t.x or 'itself')
    note_moment(t, tonumber(h[1]), t.st, holder(t.k), why)
    t.at = 0
    note_moment(t, since(t, now), 'PENDING', '', 'retried by ' .. ARGV[2])
    redis.call('HDEL', t.key, 'v', 'e', 'x', 'dd', 'at', 'f', 's', 'qt', 'k', 'u', 'w', 'pg')
    redis.call('HINCRBY', t.key, 'h', 1)
    redis.call('ZREM', P .. 'lease:' .. t.q, t.id) -- of the old run's copy: it is not waited for any more
    redis.call('ZREM', P .. 'out:' .. t.q, t.id)
    move(t, 'PENDING', 'r', run)
    make_ready(t)
    count('retried by hand', t)
    out[#out + 1] = 0
  else
    out[#out + 1] = t.r == run and 0 or 1 -- 0 where it is asked again after an answer that got lost
  end
end
settle()
return out
