"""One run: load, fault, heal, wait, read everything back, judge."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from longshore.ledger.shapes import Task
from tests.faults.history import Attempt, End, History, Outcome, Record, number_of
from tests.faults.load import Load
from tests.faults.observer import Observer
from tests.faults.system import System
from tests.services.waiting import eventually

TASKS: Final = 2000
RATE: Final = 300.0
"""Submissions a second: 2,000 tasks come in while the fault is there, not before it."""


class Run:
    """What a test holds while tasks come in and things break."""

    def __init__(self, system: System, load: Load, observer: Observer) -> None:
        self.load = load
        self._system = system
        self._observer = observer
        self._healed_at = time.monotonic()

    def submit(self, id: str, ms: float, **more: object) -> None:
        """Submit one more task, of the test's own; it must be accepted."""
        answer = self._system.submit(id, "mark", [number_of(id), ms], **more)
        assert answer.is_success, answer.text
        self.load.attempts.append(Attempt([id], Outcome.ACKNOWLEDGED, time.monotonic()))

    def ends(self) -> list[End]:
        """Every end that the ledger has announced so far."""
        return self._observer.ends()

    def ended(self) -> set[str]:
        """Tasks that have ended so far."""
        return {end.id for end in self.ends()}

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

    def history(self, within: float = 90.0) -> History:
        """Wait until all that was acknowledged has ended, then read everything back.

        What has not ended in time is left to the verdict, which calls it lost.
        """
        self.load.finish()
        acknowledged = self.load.acknowledged()
        _wait(lambda: acknowledged <= self.ended(), within)
        return History(
            attempts=list(self.load.attempts),
            marks=list(self._system.marks.read()),
            ends=self.ends(),
            records=read_back(self._system),
            healed_at=self._healed_at,
        )


@contextmanager
def running(
    system: System,
    *,
    tasks: int = TASKS,
    rate: float = RATE,
    task: str = "mark",
    prefix: str = "t",
    begin: bool = True,
) -> Iterator[Run]:
    """Submit tasks while the body goes on, from its beginning on or from its `load.begin()`."""
    with Observer(system.ledger_url) as observer, Load(system.url, prefix, tasks, rate, task) as load:
        if begin:
            load.begin()
        yield Run(system, load, observer)


def read_back(system: System) -> dict[str, Record]:
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
    return Record(str(task.state), result, error, task.deliveries, task.deaths)


def _wait(condition: Callable[[], bool], within: float) -> None:
    try:
        eventually(condition, within=within, every=0.1)
    except AssertionError as late:
        print(late)
