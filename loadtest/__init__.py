"""Programs that load a running system: benchmarks, and later load tests that break things."""
