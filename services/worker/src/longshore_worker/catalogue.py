"""Publishes what this worker can run, at its start and every few minutes.

The catalogue outlives workers, but not a ledger that is lost.
"""

import threading
from collections.abc import Mapping
from typing import Any, Final

import structlog

from longshore.errors import LedgerUnavailable
from longshore.ledger import Ledger
from longshore.task import Task

_EVERY: Final = 180.0
_SOON: Final = 5.0

log = structlog.get_logger()


def publish(ledger: Ledger, tasks: Mapping[str, Task[..., Any]]) -> None:
    """Write the specifications of all tasks."""
    ledger.catalogue.publish([task.spec for task in tasks.values()])


class Publishing:
    """Publishes from a thread of its own."""

    def __init__(self, ledger: Ledger, tasks: Mapping[str, Task[..., Any]]) -> None:
        self._ledger = ledger
        self._tasks = tasks
        self._never = threading.Event()

    def start(self) -> None:
        """Publish now, and again and again."""
        threading.Thread(target=self._run, name="catalogue", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                publish(self._ledger, self._tasks)
                pause = _EVERY
            except LedgerUnavailable:
                pause = _SOON
            except Exception:
                log.exception("the catalogue could not be published")
                pause = _EVERY
            self._never.wait(pause)
