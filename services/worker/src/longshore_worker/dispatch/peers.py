"""Who knows the tasks that this worker does not: other workers, as they last described themselves.

Asked during an upgrade only. Whether somebody else is there decides what is right: if so, an older worker
must stay out of their way, since it refuses faster than they work and would see each task again and again;
if not, it must get rid of them fast, since tasks that it does know wait behind them.
"""

import time
from collections.abc import Iterable
from typing import Final

from longshore_ledger.shapes import WorkerView

_INTEREST: Final = 10.0
"""Seconds for which an answer stays of interest."""


class Peers:
    """Asked by the dispatcher, kept up to date by the reporter, from another thread."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._others: list[tuple[frozenset[str], dict[str, str]]] = []  # replaced as a whole
        self._asked_at = self._learned_at = float("-inf")

    def are_there(self, queue: str, task: str, definition: str | None = None) -> bool:
        """Whether another worker that lives serves this queue and knows this task, by this definition."""
        self._asked_at = time.monotonic()
        return any(
            queue in queues and task in tasks and definition in (None, tasks[task])
            for queues, tasks in self._others
        )

    def differ(self, queue: str, task: str, definition: str) -> bool:
        """Whether another worker that lives serves this queue and knows this task by another definition.

        Yes, while nobody can tell: it is looked up, and asked again. Of a worker of an earlier Longshore
        nobody ever can.
        """
        now = self._asked_at = time.monotonic()
        if now - self._learned_at > _INTEREST:
            return True
        return any(
            queue in queues and tasks.get(task) not in (None, "", definition)
            for queues, tasks in self._others
        )

    @property
    def are_wanted(self) -> bool:
        """Whether anybody has asked lately."""
        return time.monotonic() - self._asked_at < _INTEREST

    def learn(self, workers: Iterable[WorkerView]) -> None:
        """Take note of the workers there are."""
        self._learned_at = time.monotonic()
        self._others = [
            (
                frozenset(view.info.get("queues", ())),
                dict.fromkeys(view.info.get("tasks", ()), "") | view.info.get("definitions", {}),
            )
            for view in workers
            if view.serves and view.id != self._worker
        ]
