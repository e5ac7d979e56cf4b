"""Running no-ops: ours end to end and the worker alone, against Celery with a Redis result backend.

Theirs has every message in the broker when the clock starts; ours end to end has none there, and all of it in
the ledger. Processor time is user and system of all processes of a side, in seconds for 10,000 tasks.
"""

from functools import partial
from pathlib import Path

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.interleave import interleave
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.servers import servers
from loadtest.benchmarks.sides import end_to_end, raw_celery, worker_alone
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report


def measure(options: Options, directory: Path) -> Report:
    """Run all sides in turn."""
    count = options.size(20_000, 500)
    with servers(options, directory) as found:
        environment = describe(options, found)
        how = (found, directory, count, options.concurrency)
        rounds = interleave(
            options.rounds,
            {
                "end to end": partial(end_to_end, *how),
                "celery": partial(raw_celery, *how),
                "worker alone": partial(worker_alone, *how),
            },
        )
    whole, alone, theirs = "end to end", "worker alone", "celery"
    figures = []
    for side, least in ((whole, 4), (alone, 5)):
        for what, name, limits in (
            ("rate", "rate", {"least": least}),
            ("cpu", "CPU of its own processes", {"most": 0.2}),
            ("cpu all", "CPU with RabbitMQ and Redis", {"most": 0.2}),
        ):
            figures.append(
                Figure(f"{side} / Celery, {name}", "x", rounds.ratio(side, theirs, what), **limits)
            )
    for side in (whole, alone, theirs):
        figures.append(Figure(side, "tasks/s", rounds.of(side, "rate")))
        figures.append(Figure(f"{side}, CPU of its own processes", "s/10k", rounds.of(side, "cpu")))
        figures.append(Figure(f"{side}, CPU with RabbitMQ and Redis", "s/10k", rounds.of(side, "cpu all")))
    notes = [
        f"{count:,} tasks, prefork; ours with timeout=30 and all promises, theirs acks_late, track_started"
    ]
    return Report("run", "Running no-ops", figures, environment, rounds, notes)


if __name__ == "__main__":
    main(measure, __doc__)
