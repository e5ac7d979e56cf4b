-- A child or a worker vanished while `t` was begun. Below the cap it is made ready again; at the cap the task
-- fails, or, in a chunk (which goes line by line after its first death), the line it was at does. Its token is taken
-- away, so that a holder that was only frozen is refused when it comes back.
local function die(t, cap, run, now)
  local deaths = t.dd + 1
  count('deaths', t)
  local told = 'its worker died ' .. deaths .. ' times while running it'
  if unwanted(t) then
    revoke(t, now, 'dd', deaths, 'k', '')
  elseif deaths < cap then
    remember(t, 'PENDING', 'its worker died', now)
    move(t, 'PENDING', 'dd', deaths, 'k', '', 'w', 'its worker died', unpack(t.b and { 'y', 1 } or {}))
    make_ready(t)
  elseif t.b then
    record_lines(t, { '!' .. told }, 1, run, now, 'dd', 0, 'k', '')
  else
    local error = cjson.encode({ type = 'WorkerDied', message = told, traceback = '' })
    move(t, 'FAILURE', 'dd', deaths, 'k', '', 'e', error, 'f', since(t, now))
    count('failed', t)
  end
end
