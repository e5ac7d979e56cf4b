#!lua
-- Run tasks anew that failed or were revoked: a new run, with all its attempts before it.
-- KEYS  prefix
-- ARGV  entropy, then ids
-- Returns for each: 0 pending, 1 neither failed nor revoked, 2 unknown, 3 part of a batch
-- include: clock record move ready
local out = {}
for i = 2, #ARGV do
  local t = read(ARGV[i])
  if not t then
    out[#out + 1] = 2
  elseif t.b then
    out[#out + 1] = 3
  elseif t.st == 'FAILURE' or t.st == 'REVOKED' then
    redis.call('HDEL', t.key, 'v', 'e', 'x', 'dd', 'at', 'f', 's', 'qt', 'k', 'u', 'w', 'pg')
    redis.call('HINCRBY', t.key, 'h', 1)
    move(t, 'PENDING', 'r', ARGV[1] .. string.format('%x', i))
    make_ready(t)
    count('retried by hand', t)
    out[#out + 1] = 0
  else
    out[#out + 1] = 1
  end
end
settle()
return out
