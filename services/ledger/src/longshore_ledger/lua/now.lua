#!lua flags=allow-oom,no-writes
-- The ledger's time.
-- KEYS  prefix
-- Returns microseconds since 1970
-- include: clock
return read_clock(true)
