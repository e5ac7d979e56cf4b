-- How many more tasks `key` may submit, of which at the most `most` may be unfinished; '0' is any number.
local function room_of(key, most)
  if most == '0' then return math.huge end
  return tonumber(most) - (redis.call('HGET', P .. 'unfinished', key) or 0)
end
