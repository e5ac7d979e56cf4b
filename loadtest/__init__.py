"""Programs that load a running system: benchmarks here, load and fault tests in `src`."""
