"""One run of each side: so many no-ops, from the moment the worker is let go to the last one's end."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from loadtest.benchmarks.filling import submit
from loadtest.benchmarks.noops import noop
from loadtest.benchmarks.parts import HELD, NOOPS, Part, celery, part
from loadtest.benchmarks.raw import QUEUES, producer
from loadtest.benchmarks.servers import Servers
from longshore_ledger import Ledger

QUEUE: Final = noop.spec.queue
LONGEST: Final = 600.0
"""No run may take longer, s."""


class Meter:
    """Processor time of one side's processes, and of the servers meanwhile."""

    def __init__(self, found: Servers, parts: Sequence[Part]) -> None:
        self._found = found
        self._parts = parts
        self._before = self._read()

    def used(self, count: int) -> dict[str, float]:
        """Since the beginning, s for 10,000 of `count` tasks."""
        now = self._read()
        spent = {name: (now[name] - self._before[name]) * 10_000 / count for name in now}
        return spent | {"cpu all": sum(spent.values())}

    def _read(self) -> dict[str, float]:
        seconds = {"cpu": sum(part.seconds for part in self._parts), "cpu redis": self._found.redis_seconds()}
        rabbitmq = self._found.rabbitmq_seconds()
        return seconds if rabbitmq is None else seconds | {"cpu rabbitmq": rabbitmq}


def end_to_end(found: Servers, directory: Path, count: int, concurrency: int) -> Mapping[str, float]:
    """Ours: all in the ledger, none in the broker; the relay and the worker begin together."""
    with _ledger(found) as ledger:
        ledger.control.pause(QUEUE)
        ids = submit(ledger, count, "noop", QUEUE)
        with scheduler(directory, found, ledger) as relay, worker(directory, found, concurrency) as running:
            meter, began = Meter(found, [relay, running]), time.time()
            ledger.control.resume(QUEUE)
            running.go()
            running.wait_for(lambda: _succeeded(ledger) == count, within=LONGEST)
            used = meter.used(count)
        return {"rate": count / (_last_end(ledger, ids) - began), **used}


def worker_alone(found: Servers, directory: Path, count: int, concurrency: int) -> Mapping[str, float]:
    """Ours: every copy is in the broker already and the relay is gone."""
    with _ledger(found) as ledger:
        ids = submit(ledger, count, "noop", QUEUE)
        with scheduler(directory, found, ledger, window=100_000) as relay:
            relay.wait_for(lambda: _counted(ledger, "QUEUED") == count, within=LONGEST)
        with worker(directory, found, concurrency) as running:
            meter, began = Meter(found, [running]), time.time()
            running.go()
            running.wait_for(lambda: _succeeded(ledger) == count, within=LONGEST)
            used = meter.used(count)
        return {"rate": count / (_last_end(ledger, ids) - began), **used}


def raw_celery(found: Servers, directory: Path, count: int, concurrency: int) -> Mapping[str, float]:
    """Theirs: every message is in the broker already."""
    queue = QUEUES[found.queue_type]
    app = producer(found.rabbitmq_url, queue, confirm=False)
    ids = [app.tasks["noop"].apply_async((number, 2), queue=queue).id for number in range(count)]
    app.close()
    keys = [f"celery-task-meta-{id}" for id in ids]
    results = found.redis(1)
    with celery(directory, found, queue, concurrency) as running:
        running.wait_until_held()
        meter, began = Meter(found, [running]), time.time()
        running.go()
        running.wait_for(lambda: len(_ended(results, keys[-100:])) == len(keys[-100:]), within=LONGEST)
        running.wait_for(lambda: len(_ended(results, keys)) == count, within=LONGEST)
        used = meter.used(count)
    ends = _ended(results, keys)
    results.close()
    found.empty()
    found.drop_queues(queue)
    return {"rate": count / (max(ends) - began), **used}


@contextmanager
def scheduler(directory: Path, found: Servers, ledger: Ledger, **settings: object) -> Iterator[Part]:
    """Run a scheduler; when this begins, its relay is connected."""
    given = {"ledger": found.redis_url, "broker": found.rabbitmq_url, "queue_type": found.queue_type}
    with part("scheduler", directory, **given, **settings) as running:
        (canary,) = submit(ledger, 1, "noop", "bench-canary")
        running.wait_for(lambda: (task := ledger.views.task(canary)) and task.state == "QUEUED")
        ledger.control.cancel([canary])
        yield running


@contextmanager
def worker(directory: Path, found: Servers, concurrency: int, queue: str = QUEUE) -> Iterator[Part]:
    """Run a worker of ours; when this begins it is held."""
    words = ["--queues", queue, "--concurrency", str(concurrency), "--pool", "prefork"]
    given = {"ledger": found.redis_url, "broker": found.rabbitmq_url, "queue_type": found.queue_type}
    with part("worker", directory, *words, tasks=f"{HELD},{NOOPS}", **given) as running:
        running.wait_until_held()
        yield running


@contextmanager
def _ledger(found: Servers) -> Iterator[Ledger]:
    found.empty()
    ledger = Ledger.open(found.redis_url)
    try:
        yield ledger
    finally:
        ledger.close()
        found.empty()
        found.drop_queues(QUEUE, "bench-canary")


def _counted(ledger: Ledger, state: str) -> int:
    return ledger.views.counts().get(QUEUE, {}).get(state, 0)


def _succeeded(ledger: Ledger) -> int:
    return _counted(ledger, "SUCCESS")


def _last_end(ledger: Ledger, ids: Sequence[str]) -> float:
    """When the last one ended, by the ledger's clock, which is this machine's, s since 1970."""
    last = ""
    for first in range(0, len(ids), 1000):
        last = max(
            last, *(task.finished_at or "" for task in ledger.views.tasks(ids[first : first + 1000]) if task)
        )
    return datetime.fromisoformat(last).timestamp()


def _ended(results: Any, keys: Sequence[str]) -> list[float]:
    """When those that succeeded ended, s since 1970."""
    ends = []
    for first in range(0, len(keys), 1000):
        for value in results.mget(keys[first : first + 1000]):
            record = json.loads(value or b"{}")
            if record.get("status") == "SUCCESS":
                ends.append(datetime.fromisoformat(record["date_done"]).timestamp())
    return ends
