"""Who knows the tasks that this worker does not: other workers, as they last described themselves.

Asked during an upgrade only. Whether somebody else is there decides what is right: if so, an older worker
must stay out of their way, since it refuses faster than they work and would see each task again and again;
if not, it must get rid of them fast, since tasks that it does know wait behind them.
"""

import time
from collections.abc import Iterable
from typing import Final

from longshore.ledger.shapes import WorkerView

_INTEREST: Final = 10.0
"""Seconds for which an answer stays of interest."""


class Knowers:
    """Asked by the gate, kept up to date by the heart, from another thread."""

    def __init__(self, worker: str) -> None:
        self._worker = worker
        self._others: list[tuple[frozenset[str], frozenset[str]]] = []  # replaced as a whole
        self._asked_at = float("-inf")

    def are_there(self, queue: str, task: str) -> bool:
        """Whether another worker that lives serves this queue and knows this task."""
        self._asked_at = time.monotonic()
        return any(queue in queues and task in tasks for queues, tasks in self._others)

    @property
    def are_wanted(self) -> bool:
        """Whether anybody has asked lately."""
        return time.monotonic() - self._asked_at < _INTEREST

    def learn(self, workers: Iterable[WorkerView]) -> None:
        """Take note of the workers there are."""
        self._others = [
            (frozenset(view.info.get("queues", ())), frozenset(view.info.get("tasks", ())))
            for view in workers
            if view.alive and view.id != self._worker
        ]
