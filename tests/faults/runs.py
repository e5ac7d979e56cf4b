"""One run: load, fault, heal, wait, read everything back, judge."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, Protocol

import httpx
import msgspec

from longshore_ledger import Ledger
from longshore_ledger.shapes import Task
from tests.faults.history import Attempt, End, History, Outcome, Record, number_of, task_id
from tests.faults.load import Load
from tests.faults.marks import Mark
from tests.faults.observer import Observer
from tests.services.waiting import eventually

TASKS: Final = 2000
RATE: Final = 300.0
"""Submissions a second: 2,000 tasks come in while the fault is there, not before it."""


class Readable(Protocol):
    """Marks, wherever they are kept."""

    def read(self) -> list[Mark]:
        """Every mark so far, in the order written."""


class Observed(Protocol):
    """A system that a run loads and reads: local processes, or a release in a cluster."""

    url: str
    headers: Mapping[str, str]
    ledger_url: str

    @property
    def ledger(self) -> Ledger:
        """Its ledger."""

    @property
    def marks(self) -> Readable:
        """The marks that its tasks leave."""

    def submit(self, id: str, task: str, args: list[Any], **more: object) -> httpx.Response:
        """POST one task."""


class Run:
    """What a test holds while tasks come in and things break."""

    def __init__(
        self, system: Observed, load: Load, observer: Observer, prefix: str, *, alone: bool = True
    ) -> None:
        self.load = load
        self._prefix = prefix
        self._own = "" if alone else f"{prefix}-"
        self._system = system
        self._observer = observer
        self._healed_at = time.monotonic()

    def submit(self, id: str, ms: float, **more: object) -> None:
        """Submit one more task, of the test's own; it must be accepted."""
        answer = self._system.submit(id, "mark", [number_of(id), ms], **more)
        assert answer.is_success, answer.text
        self.load.attempts.append(Attempt([id], Outcome.ACKNOWLEDGED, time.monotonic()))

    def submit_long(self, count: int, ms: float, first: int = 100_000) -> None:
        """Submit tasks that take a while, with numbers that no other has."""
        for number in range(first, first + count):
            self.submit(task_id(self._prefix, number), ms, priority=9)

    def ends(self) -> list[End]:
        """Every end that the ledger has announced so far."""
        return [end for end in self._observer.ends() if end.id.startswith(self._own)]

    def ended(self) -> set[str]:
        """Tasks that have ended so far."""
        return {end.id for end in self.ends()}

    def running(self) -> set[str]:
        """Tasks that have begun and not ended, by their marks."""
        begun, ended = set[str](), set[str]()
        for mark in self._system.marks.read():
            (begun if mark.event == "begun" else ended).add(mark.id)
        return begun - ended

    def until_ended(self, tasks: int, within: float = 60.0) -> None:
        """Wait until so many tasks have ended."""
        eventually(lambda: len(self.ended()) >= tasks, within=within, every=0.01)

    def until_more_ended(self, tasks: int = 200, within: float = 60.0) -> None:
        """Wait until so many more tasks have ended."""
        self.until_ended(len(self.ended()) + tasks, within)

    def until_acknowledged(self, tasks: int, within: float = 60.0) -> None:
        """Wait until so many tasks have been accepted."""
        eventually(lambda: len(self.load.acknowledged()) >= tasks, within=within, every=0.01)

    def until_answered(self, outcome: Outcome, requests: int, within: float = 30.0) -> None:
        """Wait until so many more requests have had this outcome."""
        known = self.load.count(outcome)
        eventually(lambda: self.load.count(outcome) >= known + requests, within=within)

    def healed(self) -> None:
        """Everything that was broken runs again: recovery is measured from here."""
        self._healed_at = time.monotonic()

    def history(self, within: float = 90.0, retention: float | None = None) -> History:
        """Wait until all that was acknowledged has ended, then read everything back.

        What has not ended in time is left to the verdict, which calls it lost. `retention`: for how many
        seconds at least an end is kept.
        """
        self.load.finish()
        acknowledged = self.load.acknowledged()
        _wait(lambda: acknowledged <= self.ended(), within)
        return History(
            attempts=list(self.load.attempts),
            marks=[mark for mark in self._system.marks.read() if mark.id.startswith(self._own)],
            ends=self.ends(),
            records={
                id: record for id, record in read_back(self._system).items() if id.startswith(self._own)
            },
            healed_at=self._healed_at,
            forgotten_before=None if retention is None else time.monotonic() - retention,
        )


@contextmanager
def running(
    system: Observed,
    *,
    tasks: int = TASKS,
    rate: float = RATE,
    task: str = "mark",
    prefix: str = "t",
    begin: bool = True,
    alone: bool = True,
) -> Iterator[Run]:
    """Submit tasks while the body goes on, from its beginning on or from its `load.begin()`.

    Not `alone`: the ledger has other tasks as well, and only those with this prefix are looked at.
    """
    with (
        Observer(system.ledger_url) as observer,
        Load(system.url, prefix, tasks, rate, task, system.headers) as load,
    ):
        if begin:
            load.begin()
        yield Run(system, load, observer, prefix, alone=alone)


def read_back(system: Observed) -> dict[str, Record]:
    """Every task of the ledger, page by page."""
    records: dict[str, Record] = {}
    cursor: str | None = None
    while True:
        page = system.ledger.views.page(cursor=cursor, limit=500)
        records |= {task.id: _record(task) for task in page.items}
        if page.next is None:
            return records
        cursor = page.next


def _record(task: Task) -> Record:
    result = None if task.result is None else msgspec.json.decode(task.result)
    error = f"{task.error.type}: {task.error.message}" if task.error else None
    return Record(str(task.state), result, error, task.deliveries, task.crashes)


def _wait(condition: Callable[[], bool], within: float) -> None:
    try:
        eventually(condition, within=within, every=0.1)
    except AssertionError as late:
        print(late)
