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
from longshore_ledger.runs import Runs
from longshore_worker.dispatch.in_flight import InFlight
from longshore_worker.dispatch.outcomes import Outcomes
from longshore_worker.dispatch.run import StopReason
from longshore_worker.dispatch.state import State

_LAST_WORDS: Final = 5.0
"""Seconds that the ledger has to answer after the time is over."""

log = structlog.get_logger()


class Drain:
    """Stops a worker. `left` is called when `idle` says that nothing is in its hands, or time is over."""

    def __init__(
        self,
        state: State,
        in_flight: InFlight,
        outcomes: Outcomes,
        seconds: float,
        idle: Callable[[], bool],
        left: Callable[[], None],
    ) -> None:
        self.begun = False
        self._state = state
        self._in_flight = in_flight
        self._outcomes = outcomes
        self._idle = idle
        self._seconds = seconds
        self._left = left
        self._until = 0.0
        self._over = False

    def begin(self, now: float) -> None:
        """Stop when what runs has ended."""
        log.info("worker drains", running=len(self._state.held), seconds=self._seconds)
        self.begun = self._state.draining = True
        self._until = now + self._seconds
        self._outcomes.release_waiting("drain")
        for job in self._state.jobs.values():
            job.close(now)

    def hurry(self) -> None:
        """Let nothing more end."""
        self._until = 0.0

    def check(self) -> None:
        """Look whether it is over. Called after every flush and every look."""
        if self._over:
            return
        if self._state.waiting:  # taken back from a job since
            self._outcomes.release_waiting("drain")
        now = time.monotonic()
        if now >= self._until:
            self._end_all()
        if self._idle() or now >= self._until + _LAST_WORDS:
            self._over = True
            self._left()

    def say_goodbye(self, runs: Runs, worker: str) -> None:
        """Tell the ledger that this worker holds nothing any more, if that is true."""
        if self._state.held:
            log.warning("worker leaves without an answer of the ledger", held=len(self._state.held))
            return
        with suppress(LedgerUnavailable):
            runs.leave(worker)
        log.info("worker stopped")

    def _end_all(self) -> None:
        in_flight = self._in_flight
        for job in list(self._state.jobs.values()):
            for _, run in job.left():
                run.stop_reason = run.stop_reason or StopReason.DRAINED
            if in_flight.pool.kills:
                in_flight.kill(job)
            else:
                in_flight.leave(job)
