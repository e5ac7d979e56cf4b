"""Publishes what this worker can run, at its start and every few minutes.

The catalogue outlives workers, but not a ledger that is lost.
"""

import threading
from collections.abc import Mapping
from typing import Any, Final

import structlog

from longshore.errors import LedgerUnavailable
from longshore.task import Task
from longshore_ledger import Ledger
from longshore_ledger.catalogue import Publication

_EVERY: Final = 180.0
_SOON: Final = 5.0

log = structlog.get_logger()


def publish(ledger: Ledger, tasks: Mapping[str, Task[..., Any]], *, newest: bool = False) -> list[str]:
    """Write the definitions of all tasks. Returns the names of those that the catalogue has a newer one of.

    `newest`: there is none, since these are the newest by decision.
    """
    answers = ledger.catalogue.publish((task.spec for task in tasks.values()), newest=newest)
    return sorted(name for name, answer in answers.items() if answer is Publication.OLDER)


class Publishing:
    """Publishes from a thread of its own. `newest` is said once: whoever says so later is right."""

    def __init__(self, ledger: Ledger, tasks: Mapping[str, Task[..., Any]], *, newest: bool = False) -> None:
        self._ledger = ledger
        self._tasks = tasks
        self._newest = newest
        self._older: list[str] = []
        self._never = threading.Event()

    def start(self) -> None:
        """Publish now, and again and again."""
        threading.Thread(target=self._run, name="catalogue", daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                self._tell(publish(self._ledger, self._tasks, newest=self._newest))
                self._newest = False
                pause = _EVERY
            except LedgerUnavailable:
                pause = _SOON
            except Exception:
                log.exception("the catalogue could not be published")
                pause = _EVERY
            self._never.wait(pause)

    def _tell(self, older: list[str]) -> None:
        if older and older != self._older:
            log.warning(
                "the catalogue has newer definitions than this worker",
                tasks=older,
                advice="end it when the newer release runs; if this release is to replace that one, "
                "run: longshore worker --publish-catalogue",
            )
        self._older = older
