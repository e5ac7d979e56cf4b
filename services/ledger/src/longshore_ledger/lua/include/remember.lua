-- What happens to a task besides the straight way, in the field `hi` of its record: a task that just succeeds has
-- none. A JSON list of the newest 20 entries, each of them
--   [ms since c, state, worker whose run it was or "", attempt, why, qt then or -1, s then or -1]
-- The last two because the next attempt writes over them.
local KEPT, LONGEST = 20, 200

-- As much of a text as is kept, bytes; without the character that the cut may have gone through.
local function cut(text)
  if #text > LONGEST then text = string.gsub(string.sub(text, 1, LONGEST), '[\192-\255][\128-\191]*$', '') end
  return text
end

-- An error (JSON) in a line.
local function told(error)
  local read, e = pcall(cjson.decode, error)
  if not read or type(e) ~= 'table' then return '' end
  return tostring(e.type) .. ': ' .. tostring(e.message)
end

local function note_moment(t, ms, state, worker, why)
  local h = redis.call('HMGET', t.key, 'hi', 'qt', 's')
  local moments = h[1] and cjson.decode(h[1]) or {}
  if #moments >= KEPT then table.remove(moments, 1) end
  moments[#moments + 1] = { ms, state, worker or '', t.at + 1, cut(why), tonumber(h[2]) or -1, tonumber(h[3]) or -1 }
  redis.call('HSET', t.key, 'hi', cjson.encode(moments))
end

-- `t` is about to come into `state`, or to stay in it, because of `why`. Called before the move.
local function remember(t, state, why, now)
  note_moment(t, since(t, now), state, t.st == 'STARTED' and holder(t.k), why)
end
