-- What was done to API keys, the newest thousand entries: a stream at <prefix>keylog. `key` is a key's description.
local function log_key(what, key, by)
  redis.call('XADD', P .. 'keylog', 'MAXLEN', '1000', '*', 'at', string.format('%.0f', read_clock()),
    'what', what, 'name', key.name, 'role', key.role, 'by', by)
end
