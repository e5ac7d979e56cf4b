"""A run from its beginning to its verdict: load, faults, heal, wait, read everything back, judge."""
