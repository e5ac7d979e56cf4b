-- The one clock: microseconds since 1970 by the ledger's server, but never back by more than a tenth of a second.
-- When the server's clock is set back, or a failover leads to a server that is behind, what is due would else wait
-- until that time has come again. So the ledger's time goes on from where it was, at half speed, until the server's
-- has caught up: it is true again in the end, and a time limit lasts twice as long at most meanwhile.
-- Kept at `clock`: the ledger's time and the server's at the same moment. Tests load a clock of their own in its place.
-- `looking_only` is for scripts that may not write.
local function read_clock(looking_only)
  local t = redis.call('TIME')
  local server = t[1] * 1000000 + t[2]
  local last, at = string.match(redis.call('GET', KEYS[1] .. ':clock') or '', '^(%d+) (%d+)$')
  local known = last ~= nil
  last, at = tonumber(last or server), tonumber(at or server)
  local now = math.max(server, math.floor(last + math.max(0, server - at) / 2))
  if not looking_only and (not known or server < at or now - last >= 100000) then
    redis.call('SET', KEYS[1] .. ':clock', string.format('%.0f %.0f', now, server))
  end
  return now
end
