"""Sets up and clears away around one benchmark, alone or among the others."""

import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from loadtest.benchmarks.options import Options, read_options
from loadtest.benchmarks.table import Report, show

Measure = Callable[[Options, Path], Report]


def run_one(measure: Measure, options: Options) -> Report:
    """Measure in a new directory that is gone afterwards, and write the JSON."""
    with tempfile.TemporaryDirectory(prefix="longshore-bench-") as directory:
        Path(directory).chmod(0o755)  # a server in Docker reads its configuration there
        report = measure(options, Path(directory))
    report.write(options.output)
    return report


def main(measure: Measure, description: str | None) -> None:
    """What `python -m loadtest.benchmarks.<one>` does."""
    end_in_order()
    show(run_one(measure, read_options((description or "").partition("\n")[0])))


def end_in_order() -> None:
    """Let SIGTERM unwind as Ctrl-C does, so that servers and parts are ended."""
    signal.signal(signal.SIGTERM, _end)


def _end(number: int, _: object) -> None:
    raise SystemExit(128 + number)
