"""What it costs the API that people watch: its processor time while nobody does, and while fifty do.

The ledger holds a million tasks, and about a thousand events a second happen in it, none of them through the
API. Fifty watch the overview, a snapshot a second; or fifty watch one queue, in which all of it happens.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from loadtest.benchmarks.environment import describe
from loadtest.benchmarks.filling import finish, submit
from loadtest.benchmarks.interleave import interleave
from loadtest.benchmarks.listeners import listen
from loadtest.benchmarks.options import Options
from loadtest.benchmarks.parts import Part, api
from loadtest.benchmarks.servers import servers
from loadtest.benchmarks.stage import main
from loadtest.benchmarks.table import Figure, Report
from longshore_ledger import Ledger
from tests.services.waiting import eventually

WATCHING: Final = 50
QUEUES: Final = ("add", "multiply", "wordcount")
EVENTS: Final = 1000
"""A second."""
_STATES: Final = 4
"""Events of a task: PENDING, QUEUED, STARTED, SUCCESS."""
_TICK: Final = 0.1
MOST: Final = 20.0
"""Percent of a core."""


def measure(options: Options, directory: Path) -> Report:
    """Watch a busy ledger in three ways."""
    count = options.size(1_000_000, 3_000)
    seconds = options.size(30, 3)
    with servers(options, directory, broker=False, durable=False) as found:
        environment = describe(options, found)
        ledger = Ledger.open(found.redis_url)
        for queue in QUEUES:
            submit(ledger, count // len(QUEUES), queue, queue)
        with api(directory, found.redis_url, auth="none") as (part, url):
            look = partial(_look, ledger, part, seconds)
            rounds = interleave(
                options.rounds,
                {
                    "nobody": partial(look, f"{url}/v1/events", 0),
                    "overview": partial(look, f"{url}/v1/events", WATCHING),
                    "one queue": partial(look, f"{url}/v1/events?queue={QUEUES[0]}", WATCHING),
                },
            )
        ledger.close()
        found.empty()
    said = f"{WATCHING} watching"
    figures = [
        Figure("API, nobody watching", "% of a core", rounds.of("nobody", "cpu")),
        Figure(f"API, {said} the overview", "% of a core", rounds.of("overview", "cpu"), most=MOST),
        Figure(f"API, {said} a busy queue", "% of a core", rounds.of("one queue", "cpu"), most=MOST),
        Figure("snapshots a second, each", "/s", rounds.of("overview", "heard"), least=0.9),
        Figure("events a second, each who watches the queue", "/s", rounds.of("one queue", "heard")),
        Figure("events that happened a second", "/s", rounds.of("overview", "happened")),
    ]
    notes = [f"{count:,} tasks in three queues, {seconds} s a side; the load goes straight into the ledger"]
    return Report("page", "What watching costs the API", figures, environment, rounds, notes)


def _look(ledger: Ledger, part: Part, seconds: float, url: str, watching: int) -> Mapping[str, float]:
    with listen(url, watching) as heard, _busy(ledger) as done:
        eventually(lambda: heard.opened == watching)
        time.sleep(1.0)  # the first snapshot reads a history; that is over soon
        before, began, cpu, tasks = heard.events, time.monotonic(), part.seconds, len(done)
        time.sleep(seconds)
        took = time.monotonic() - began
        return {
            "cpu": (part.seconds - cpu) / took * 100,
            "heard": (heard.events - before) / took / max(1, watching),
            "happened": (len(done) - tasks) * _STATES / took,
        }


@contextmanager
def _busy(ledger: Ledger) -> Iterator[list[None]]:
    """Carry tasks through the ledger at a steady rate; gives a list with an entry for each that is done."""
    done: list[None] = []
    stop = threading.Event()
    each = int(EVENTS / _STATES * _TICK)

    def work() -> None:
        due = time.monotonic()
        while not stop.wait(max(0.0, due - time.monotonic())):
            submit(ledger, each, QUEUES[0], QUEUES[0])
            finish(ledger, each, QUEUES[0])
            done.extend([None] * each)
            due += _TICK

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        yield done
    finally:
        stop.set()
        worker.join()


if __name__ == "__main__":
    main(measure, __doc__)
