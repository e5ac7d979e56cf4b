"""`python -m loadtest.benchmarks`: all of them, one table."""

from loadtest.benchmarks import browser, counts, file, latency, memory, page, run, submit
from loadtest.benchmarks.options import read_options
from loadtest.benchmarks.stage import end_in_order, run_one
from loadtest.benchmarks.table import Report, show, sum_up

ALL = (submit, run, counts, memory, latency, file, page, browser)

if __name__ == "__main__":
    end_in_order()
    options = read_options("All benchmarks, each with its table, and one table of the targets.")
    reports: list[Report] = []
    try:
        for benchmark in ALL:
            report = run_one(benchmark.measure, options)
            show(report)
            reports.append(report)
    finally:
        sum_up(reports)
        print(f"everything measured is in {options.output}")
