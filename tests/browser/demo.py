"""A system at work, to be looked at: an hour that has been, files, a paused queue, tasks that fail."""

import math
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import redis

from longshore_ledger.connection import PREFIX
from longshore_ledger.figures import Figures, Sample
from longshore_ledger.history import EVERY, KEPT
from tests.browser.system import System
from tests.services.waiting import eventually

ADMIN: Final = "the-keeper-of-the-harness"
TICK: Final = 0.25
"""Seconds between two submissions."""
SUMS: Final = ("divide", "divide", "add", "multiply", "subtract")
SLOT: Final = int(EVERY * 1e6)


@dataclass(frozen=True)
class Demo:
    """What there is to look at, beside the pages that are always there."""

    task: str
    batch: str


@contextmanager
def working(system: System, ledger_url: str, directory: Path) -> Iterator[Demo]:
    """Fill the system, and keep it at work meanwhile."""
    client, chance = system.client, random.Random(5)
    client.submit_many({"task": "add", "args": [n, n]} for n in range(4000))
    client.submit_many({"task": "divide", "args": [n, n % 40]} for n in range(1200))
    client.submit_many({"task": "wordcount", "args": ["all hands on deck, all hands"]} for _ in range(300))
    cargo = directory / "cargo-2026-11.txt"
    cargo.write_text("".join(f"{n} {chance.randrange(2, 9)}\n" for n in range(20_000)).replace("77 ", "77x "))
    batch = client.upload(cargo, "multiply")
    batch.wait(120)
    eventually(lambda: not client.queues()[0].counts["QUEUED"], within=120)
    client.pause("text")
    client.submit_many({"task": "wordcount", "args": ["a line of text"]} for _ in range(340))
    client.submit_many({"task": "flaky", "args": [9], "retries": 5} for _ in range(3))
    for seconds in (240, 320):
        client.submit("sleep", seconds)
    manifest = directory / "manifest.csv"
    manifest.write_text("a,b\n" + "".join(f"{n},{n + 1}\n" for n in range(2_000)))
    client.upload(manifest, "subtract", format="csv").wait(120)
    log = directory / "logbook.txt"
    log.write_text("all quiet\n" * 500)
    client.upload(log, "wordcount").cancel()
    client.upload(log.rename(directory / "logbook-fixed.txt"), "wordcount")
    # Not one that failed: its traceback would show where on this machine the tasks are.
    retried = client.submit("flaky", 2)
    system.wait_for(retried.id, "SUCCESS")
    with _load(system, chance):
        _write_the_last_hour(system, ledger_url, chance)
        yield Demo(retried.id, batch.id)


@contextmanager
def _load(system: System, chance: random.Random) -> Iterator[None]:
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(TICK):
            system.client.submit_many(
                {"task": chance.choice(SUMS), "args": [chance.randrange(99), chance.randrange(30)]}
                for _ in range(10)
            )

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def _write_the_last_hour(system: System, ledger_url: str, chance: random.Random) -> None:
    """Samples as a scheduler would have taken them; what counts is what lies between two."""
    now = system.ledger.history.now()
    figures = dict(now.queues)
    with redis.Redis.from_url(ledger_url) as client:
        for number in range(int(KEPT / EVERY)):
            at = now.at - number * SLOT
            sample = Sample(at, figures, now.wait, now.run)
            client.hset(f"{PREFIX}:history", str(at // SLOT), msgspec.msgpack.encode(sample))
            figures = {queue: msgspec.structs.replace(each, waiting=0) for queue, each in figures.items()}
            share = 0.6 + 0.3 * math.sin(number / 19) + 0.1 * math.sin(number / 5)
            for queue, size in (("divide", 480), ("add", 220), ("multiply", 90), ("subtract", 60)):
                done = round(size * share * chance.uniform(0.9, 1.1))
                wrong = round(done * 0.05 * chance.random()) if queue == "divide" else 0
                waiting = round(max(0.0, 90 * math.sin(number / 23 + size)))
                figures[queue] = _earlier(figures[queue], done, wrong, waiting)


def _earlier(figures: Figures, done: int, wrong: int, waiting: int) -> Figures:
    return msgspec.structs.replace(
        figures,
        submitted=figures.submitted - done - wrong,
        succeeded=figures.succeeded - done,
        failed=figures.failed - wrong,
        waiting=waiting,
    )
