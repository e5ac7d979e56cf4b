"""Benchmarks: Longshore beside what people would use instead, both on one RabbitMQ and one Redis.

Each runs alone (`python -m loadtest.benchmarks.submit`), brings its own servers, ends them, prints a table
and writes build/benchmarks/<name>.json. `python -m loadtest.benchmarks` runs all (`make bench`).
"""
