"""Stalls: children that take no jobs.

They are stopped, or stuck in a signal's handler, or an earlier task left a thread that never lets go of the
GIL. Nothing runs in such a child, so no time limit ends it, and Celery's pool waits for it for ever. It is
replaced. What was sent to it is given back, as by `JobWatchdog` whatever waits too long; nobody is blamed.
"""

import time
from typing import Final

import structlog

from longshore_worker.dispatch.in_flight import Pool
from longshore_worker.dispatch.job import Job
from longshore_worker.dispatch.measures import Measures
from longshore_worker.dispatch.state import State
from longshore_worker.execution.result_slots import SETTLED

STALL: Final = 5.0
"""Seconds in which a child that runs nothing must take the next item of its job, or answer."""
_LONGEST_LOOK: Final = 0.25
"""Seconds that count between two looks: if we were stopped ourselves, so were the children."""

log = structlog.get_logger()


class Stalls:
    """Looks at each job whenever `JobWatchdog` does."""

    def __init__(self, state: State, pool: Pool, measures: Measures) -> None:
        self._state = state
        self._pool = pool
        self._measures = measures
        self._looked_at = time.monotonic()
        self._still: dict[int, tuple[tuple[int, int, int], float]] = {}  # by job: its marks, for how long, s

    def look(self, now: float) -> None:
        """Look at all jobs."""
        elapsed, self._looked_at = min(now - self._looked_at, _LONGEST_LOOK), now
        jobs = self._state.jobs if self._pool.kills else {}
        for serial in self._still.keys() - jobs.keys():
            del self._still[serial]
            self._state.stalled_since.pop(serial, None)
        for job in list(jobs.values()):
            self._look_at(job, now, elapsed)

    def _look_at(self, job: Job, now: float, elapsed: float) -> None:
        slot = job.slot
        pid = slot.pid or job.taker()
        if not pid or slot.running() is not None:
            self._still.pop(job.serial, None)
            self._state.stalled_since.pop(job.serial, None)
            return
        marks = pid, slot.begun, slot.used  # the pool hands the job on to a successor, which has its own time
        before, seconds = self._still.get(job.serial, (marks, 0.0))
        seconds = seconds + elapsed if marks == before else 0.0
        self._still[job.serial] = marks, seconds
        if seconds < STALL:
            self._state.stalled_since.pop(job.serial, None)
            return
        if job.serial not in self._state.stalled_since:
            log.warning("a child takes no jobs; it is replaced", pid=pid, seconds=round(seconds))
            self._state.stalled_since[job.serial] = now
            self._measures.stalled()
        if job.closed_at is None:
            job.close(now)  # so that it begins nothing in the moment before it is killed
        elif now - job.closed_at >= SETTLED:
            self._pool.kill(pid)
