"""Bytes of Redis a finished task: its record, its place in every index, Redis' own overhead.

Twice as many tasks less once as many, so that what is there only once (scripts, the capped stream of events)
is not counted to them; the naive figure, everything divided by the number of tasks, stands beside it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.filling import finish, submit
from loadtest.benchmarks.interleave import interleave
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.servers import servers
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report
from longshore_ledger import Ledger

RESULT = (
    b'{"status": "SUCCESS", "result": 42, "traceback": null, "children": [], '
    b'"date_done": "2025-01-01T12:00:00.000000+00:00", "task_id": "%s"}'
)
"""What Celery's Redis backend keeps: no arguments, no queue, no times but one, and no index to find it by."""


def measure(options: Options, directory: Path) -> Report:
    """Fill, and ask Redis."""
    count = options.size(100_000, 2_000)
    with servers(options, directory, broker=False, durable=False) as found:
        client = found.redis()
        environment = describe(options, found)

        def ours() -> Mapping[str, float]:
            found.empty()
            ledger = Ledger.open(found.redis_url)
            empty = _used(client)
            submit(ledger, count, "noop", "noop")
            finish(ledger, count, "noop")
            once = _used(client)
            ids = submit(ledger, count, "noop", "noop")
            finish(ledger, count, "noop")
            twice = _used(client)
            keys = [f"{{longshore}}:t:{id}" for id in ids[:100]]
            record = sum(client.memory_usage(key) for key in keys) / len(keys)
            ledger.close()
            return {"each": (twice - once) / count, "all": (twice - empty) / (2 * count), "record": record}

        def theirs() -> Mapping[str, float]:
            found.empty()
            empty = _used(client)
            pipeline = client.pipeline(transaction=False)
            for number in range(count):
                id = f"0195f0b0-0000-7000-8000-{number:012}"
                pipeline.set(f"celery-task-meta-{id}", RESULT % id.encode(), ex=86_400)
                if number % 1000 == 0:
                    pipeline.execute()
            pipeline.execute()
            return {"each": (_used(client) - empty) / count}

        rounds = interleave(options.rounds, {"longshore": ours, "celery": theirs})
        found.empty()
        client.close()
    each, whole = rounds.of("longshore", "each"), rounds.of("longshore", "all")
    figures = [
        Figure("Redis bytes a finished task, all indexes", "B", each, most=500),
        Figure("the same, everything in Redis divided by the tasks", "B", whole),
        Figure("its record alone", "B", rounds.of("longshore", "record")),
        Figure("Celery's result alone, for comparison", "B", rounds.of("celery", "each")),
    ]
    notes = [f"{count:,} and {2 * count:,} tasks, arguments [n,2], a timeout, UUIDs as ids"]
    return Report("memory", "Memory of a finished task", figures, environment, rounds, notes)


def _used(client: Any) -> float:
    return float(client.info("memory")["used_memory"])


if __name__ == "__main__":
    main(measure, __doc__)
