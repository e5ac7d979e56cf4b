-- A child, or a worker that ran nothing else, vanished while `t` was begun. Below the cap it is made ready again; at the
-- cap the task fails, or, in a chunk (which goes line by line after its first crash), the line it was at does. Its token
-- is taken away, so that a holder that was only frozen is refused when it comes back. `cause` says how it ended, or is
-- "" where nobody saw it: on its first line the signal or exit status, on the others what the process said last.
local function die(t, cap, run, now, cause, ...)
  local crashes = t.dd + 1
  count('crashes', t)
  local how, last_words = cause:match('^([^\n]*)\n?(.*)$')
  local why = 'its worker died' .. (how ~= '' and ': ' .. how or '')
  local told = 'its worker died ' .. crashes .. ' times while running it' .. (how ~= '' and '; the last time ' .. how or '')
  if unwanted(t) then
    revoke(t, now, 'dd', crashes, 'k', '')
  elseif crashes < cap then
    remember(t, 'PENDING', why, now)
    if t.b then redis.call('HSET', t.key, 'y', 1) end
    move(t, 'PENDING', 'dd', crashes, 'k', '', 'w', why, ...)
    make_ready(t)
  elseif t.b then
    record_lines(t, { '!' .. told }, 1, run, now, 'dd', 0, 'k', '')
  else
    local error = cjson.encode({ type = 'WorkerDied', message = told, traceback = last_words })
    move(t, 'FAILURE', 'dd', crashes, 'k', '', 'e', error, 'f', since(t, now))
    count('failed', t)
  end
end

-- Whether a worker that is taken for dead held one task only. What it held is freed in several steps: the first one that
-- finds company there makes a note for the others.
local function ran_alone(worker)
  if redis.call('SISMEMBER', P .. 'crowded', worker) == 1 then return false end
  if redis.call('SCARD', P .. 'run:' .. worker) <= 1 then return true end
  redis.call('SADD', P .. 'crowded', worker)
  return false
end

-- A whole worker is taken for dead, and `t` was in its hands. Only what it held alone is blamed. All of it is suspect: it
-- is begun next in a worker that runs nothing else, so that a second crash is its own. What was done to it is noted, to
-- be taken back should the worker turn out to live.
local function lose_worker(t, cap, run, now)
  local worker = holder(t.k)
  local alone = ran_alone(worker)
  redis.call('SADD', P .. 'blamed:' .. worker, t.id .. '|' .. t.r .. '|' .. (alone and 1 or 0))
  if alone then return die(t, cap, run, now, '', 'sp', 1) end
  if unwanted(t) then return revoke(t, now, 'k', '') end
  remember(t, 'PENDING', 'its worker died, with other tasks in its hands', now)
  if t.b then redis.call('HSET', t.key, 'y', 1) end
  move(t, 'PENDING', 'k', '', 'w', 'its worker died, with other tasks in its hands', 'sp', 1)
  make_ready(t)
  count('released', t)
end
