"""A small Longshore as real processes, some of them with defects, whose history is taken down and judged."""

import itertools
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx
import msgspec

from longshore_ledger import Ledger
from longshore_ledger.shapes import Task
from longshore_loadtest.history.reader import read
from longshore_loadtest.history.record import Complete, Record
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.marks.answers import MARK, QUEUE
from longshore_loadtest.marks.server import Server
from longshore_loadtest.verify import Verdict, verify
from longshore_loadtest.verify.forgotten import TERMINAL
from tests.loadtest.defective.clients import RUN, Clients
from tests.loadtest.defective.watcher import Watcher
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.waiting import eventually

ROOT: Final = Path(__file__).parents[3]
START: Final = Path(__file__).parent / "start"
PATHS: Final = [str(ROOT), str(ROOT / "loadtest" / "src")]
QUIET: Final = 3.0
"""Seconds in which nothing happens: all is over, if everything has ended."""
STUCK: Final = 15.0
"""The same where something has not ended. A healthy build frees what is stuck within ten."""


class Installation:
    """One API, and the schedulers and workers that a test starts."""

    def __init__(
        self, processes: Processes, folder: Path, ledger: str, broker: str, retention: float | None = None
    ) -> None:
        """`retention`: seconds that what has ended is kept; None: for the whole test."""
        self._processes = processes
        self._folder = folder
        self._settings = {"ledger": ledger, "broker": broker, "lease_seconds": 2, "drain_seconds": 2}
        told = {} if retention is None else {"retention": retention}
        self._settings |= {} if retention is None else {"retention_seconds": retention}
        self._writer = Writer(folder / "history.ndjson", run=RUN, part="main", settings=told)
        self._store = Server(folder / "history.marks.ndjson", RUN)
        self._watcher = Watcher(ledger, self._writer)
        self.ledger = Ledger.open(ledger)
        self._ops = itertools.count(1)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._store.__enter__()
        self._watcher.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._watcher.leave()
        self._store.__exit__(kind, error, traceback)
        self.ledger.close()
        self._writer.close()

    def start(self, part: str, *words: str, defects: tuple[str, ...] = (), **settings: Any) -> Program:
        """Start a part with these defects."""
        paths = [*([str(START)] if defects else []), *PATHS]
        env = {"PYTHONPATH": os.pathsep.join(paths), "LONGSHORE_LOADTEST_MARKS": self._store.url}
        env |= {"DEFECTS": ",".join(defects)} if defects else {}
        return self._processes.start(part, *words, env=env, **{**self._settings, **settings})

    def start_api(self, *defects: str) -> Program:
        """Start the API."""
        return self.start("api", defects=defects, host="127.0.0.1", port=self.port)

    def start_worker(self, *defects: str, concurrency: int = 2) -> Program:
        """Start a worker and wait until it beats."""
        before = len(self.live_workers())
        words = ("-Q", QUEUE, "-c", str(concurrency), "--pool", "prefork")
        worker = self.start("worker", *words, defects=defects, tasks="longshore_loadtest.marks.tasks")
        eventually(lambda: len(self.live_workers()) > before, within=60)
        return worker

    def live_workers(self) -> list[str]:
        """Ids of the workers that beat."""
        return [view.id for view in self.ledger.views.workers() if view.alive]

    def freeze_amid_tasks(self, worker: Program, id: str) -> None:
        """Freeze this worker while it runs tasks: between two it would bring no result when it wakes up."""

        def froze() -> bool:
            worker.freeze()
            started = self.ledger.views.page(state="STARTED", limit=500).items
            if any(task.worker == id for task in started):
                return True
            worker.thaw()
            return False

        eventually(froze, within=30, every=0.01)

    def wait_until_up(self) -> None:
        """Wait until the API answers and knows the tasks."""
        eventually(lambda: MARK in self._get("/v1/catalogue"), within=60)

    def clients(self, count: int, *, first: int = 0, rate: float = 150.0, ms: int = 10) -> Clients:
        """Clients that submit."""
        return Clients(self.url, self._writer, count=count, rate=rate, ms=ms, first=first, ops=self._ops)

    def in_state(self, state: str) -> int:
        """How many tasks are in a state, as far as was heard."""
        return sum(now == state for now in self._watcher.states.copy().values())

    def until_ended(self, count: int, within: float = 60.0) -> None:
        """Wait until so many tasks have succeeded."""
        eventually(lambda: self.in_state("SUCCESS") >= count, within=within, every=0.01)

    def verdict(self, *clients: Clients) -> Verdict:
        """Wait until all is over, or nothing happens any more; read everything back, and judge."""
        for one in clients:
            eventually(one.is_done, within=60)
        self._wait_for_the_end(set[str]().union(*(one.acknowledged for one in clients)))
        self._watcher.leave()
        count = 0
        cursor = None
        while True:
            page = self.ledger.views.page(cursor=cursor, limit=500)
            for task in page.items:
                self._writer.write(_record(self._writer.now(), task))
            count += len(page.items)
            if page.next is None:
                break
            cursor = page.next
        self._writer.write(Complete(at=self._writer.now(), records=count))
        return verify(read(self._folder))

    def _wait_for_the_end(self, acknowledged: set[str]) -> None:
        marks = self._folder / "history.marks.ndjson"
        last, since = (-1, -1), time.monotonic()

        def is_over() -> bool:
            nonlocal last, since
            seen = self._watcher.heard, marks.stat().st_size
            if seen != last:
                last, since = seen, time.monotonic()
            states = self._watcher.states.copy()
            ended = all(states.get(id) in TERMINAL for id in acknowledged)
            return time.monotonic() - since > (QUIET if ended else STUCK)

        eventually(is_over, within=90, every=0.1)

    def _get(self, path: str) -> str:
        try:
            return httpx.get(f"{self.url}{path}", timeout=5, trust_env=False).text
        except httpx.TransportError:
            return ""


def _record(at: float, task: Task) -> Record:
    return Record(
        at=at,
        id=task.id,
        state=task.state,
        task=task.task,
        queue=task.queue,
        priority=task.priority,
        result=None if task.result is None else msgspec.json.decode(task.result),
        error=f"{task.error.type}: {task.error.message}" if task.error else None,
        attempt=task.attempt,
        deliveries=task.deliveries,
        crashes=task.crashes,
        batch=task.batch,
        submitted_at=task.submitted_at,
        started_at=task.started_at,
        finished_at=task.finished_at,
    )
