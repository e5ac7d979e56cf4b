"""`python -m loadtest.benchmarks`: all of them, one table."""

from loadtest.benchmarks import counts, file, latency, memory, run, submit
from loadtest.benchmarks.options import read_options
from loadtest.benchmarks.stage import end_in_order, run_one
from loadtest.benchmarks.table import Report, show

ALL = (submit, run, counts, memory, latency, file)

if __name__ == "__main__":
    end_in_order()
    options = read_options("All benchmarks, one table.")
    reports: list[Report] = []
    try:
        for benchmark in ALL:
            print(f"--- {benchmark.__name__.rpartition('.')[2]}", flush=True)
            reports.append(run_one(benchmark.measure, options))
    finally:
        show(reports, title="Longshore's benchmarks")
