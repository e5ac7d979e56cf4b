"""The drain: how a worker stops without losing a thing, or blaming anybody.

Nothing more is fetched or begun; what is not begun is given back at once; what is begun may end until the
time is over, and then is ended and given back as well.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog

from longshore.errors import LedgerUnavailable
from longshore.ledger.runs import Runs
from longshore_worker.gate import Gate
from longshore_worker.held import Fate
from longshore_worker.watch import Watch

_LAST_WORDS: Final = 5.0
"""Seconds that the ledger has to answer after the time is over."""

log = structlog.get_logger()


class Drain:
    """Stops a gate. `left` is called when nothing is in its hands any more, or the time is over."""

    def __init__(self, gate: Gate, watch: Watch, seconds: float, left: Callable[[], None]) -> None:
        self.begun = False
        self._gate = gate
        self._account = gate.account
        self._watch = watch
        self._seconds = seconds
        self._left = left
        self._until = 0.0
        self._over = False

    def begin(self, now: float) -> None:
        """Stop when what runs has ended."""
        log.info("worker drains", running=len(self._gate.held), seconds=self._seconds)
        self.begun = self._account.draining = True
        self._until = now + self._seconds
        self._account.release_waiting("drain")
        for job in self._gate.floor.jobs.values():
            job.close(now)

    def hurry(self) -> None:
        """Let nothing more end."""
        self._until = 0.0

    def check(self) -> None:
        """Look whether it is over. Called after every flush and every look."""
        if self._over:
            return
        if self._account.waiting:  # taken back from a job since
            self._account.release_waiting("drain")
        now = time.monotonic()
        if now >= self._until:
            self._end_all()
        if self._gate.idle or now >= self._until + _LAST_WORDS:
            self._over = True
            self._left()

    def say_goodbye(self, runs: Runs, worker: str) -> None:
        """Tell the ledger that this worker holds nothing any more, if that is true."""
        if self._gate.held:
            log.warning("worker leaves without an answer of the ledger", held=len(self._gate.held))
            return
        with suppress(LedgerUnavailable):
            runs.leave(worker)
        log.info("worker stopped")

    def _end_all(self) -> None:
        floor = self._gate.floor
        for job in list(floor.jobs.values()):
            for _, run in job.left():
                run.fate = run.fate or Fate.DRAINED
            if floor.pool.kills:
                floor.kill(job)
            else:
                floor.leave(job)
