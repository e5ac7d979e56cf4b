"""The watchdog: looks at every job in flight, twenty times a second, and keeps what it promises of time.

Nobody waits more than 100 ms behind a slow neighbour; no item runs longer than its limit; who is cancelled
stops. All of it is read off the jobs' slots, so none of it needs the child's help.
"""

import time
from typing import Final

from longshore_worker.dispatch.in_flight import InFlight
from longshore_worker.dispatch.job import Job
from longshore_worker.dispatch.outcomes import Outcomes
from longshore_worker.dispatch.run import Run, StopReason
from longshore_worker.dispatch.stalls import Stalls
from longshore_worker.dispatch.state import State
from longshore_worker.execution.result_slots import SETTLED

EVERY: Final = 0.05
"""Seconds between two looks."""
SLOW: Final = 0.1
"""Seconds in one item after which its child counts as taken, and its neighbours are taken back."""
TARDY: Final = 0.5
"""Seconds after which a job gives up what it has not begun though no item of it is slow."""
STRANDED: Final = 1.0
"""Seconds that a started run may wait for a child before it is given back, where children are not taken."""
KINDNESS: Final = 1.0
"""Seconds in which a cancelled task may stop by itself."""


class JobWatchdog:
    """Looks at jobs. Marks are acted on at the look after the one that saw them: see `result_slots`."""

    def __init__(self, state: State, in_flight: InFlight, outcomes: Outcomes, stalls: Stalls) -> None:
        self._state = state
        self._in_flight = in_flight
        self._outcomes = outcomes
        self._stalls = stalls

    def look(self) -> None:
        """Look once."""
        now = time.monotonic()
        for job in list(self._state.jobs.values()):
            if job.abandoned:
                self._in_flight.end_started(job)  # its thread goes on, and may start more
            self._look_at(job, now)
        self._stalls.look(now)
        if self._state.waiting:
            self._outcomes.release_waiting("not begun", older_than=SLOW if self._all_taken else STRANDED)

    def cancel(self, ids: list[str]) -> None:
        """Somebody wants these tasks to stop. Asked again and again until they have."""
        jobs = {run.id: (job, index) for job in self._state.jobs.values() for index, run in job.left()}
        for id_ in ids:
            run = self._state.held.get(id_)
            if run is None or run.asked_to_stop_at is not None or self._outcomes.cancel_waiting(run):
                continue
            found = jobs.get(id_)
            if found is None:
                continue  # ended: its result came first
            run.asked_to_stop_at = time.monotonic()
            job, index = found
            job.slot.skip(index)
            if job.is_chunk:
                job.close(time.monotonic())

    @property
    def _all_taken(self) -> bool:
        return self._in_flight.blocked >= self._in_flight.size

    def _look_at(self, job: Job, now: float) -> None:
        seen, job.seen = job.seen, job.slot.used
        self._in_flight.harvest(job, seen)
        found = job.running()
        if job.closed_at is None:
            if self._is_late(job, now, found[1] if found else 0.0):
                job.close(now)
        elif now - job.closed_at >= SETTLED:
            for run in job.take_back():
                self._outcomes.returned(run)
        if found is None:
            return
        run, seconds = found
        if seconds >= SLOW and not job.long:
            job.long = True
            self._state.estimates.observe(run.copy.task, seconds)
            self._state.queue_estimates.observe(run.copy.queue, seconds)
        if run.timeout is not None and seconds >= run.timeout:
            self._end(job, run, StopReason.TIMED_OUT, now)
        elif run.asked_to_stop_at is not None:
            job.ask_to_stop()
            if now - run.asked_to_stop_at >= KINDNESS:
                self._end(job, run, StopReason.CANCELLED, now)

    def _is_late(self, job: Job, now: float, seconds: float) -> bool:
        """Whether what waits in a job had better not wait for its child."""
        age = now - job.sent_at
        if age < SLOW or not job.waits():
            return False
        somebody_free = self._in_flight.busy < self._in_flight.size
        if job.long and not job.slot.pid:
            # It is not in its own way, and the pool gives it to the first child that is free, or has started;
            # once one has it that does not begin it, another one may.
            return age >= STRANDED or (somebody_free and job.taker() != 0)
        return seconds >= SLOW or age >= TARDY or somebody_free or (self._all_taken and not job.slot.pid)

    def _end(self, job: Job, run: Run, stop_reason: StopReason, now: float) -> None:
        if job.closed_at is None:
            job.close(now)  # so that the child begins no neighbour in the moment before it is killed
        elif now - job.closed_at < SETTLED:
            return
        elif self._in_flight.pool.kills:
            run.stop_reason = run.stop_reason or stop_reason
            self._in_flight.kill(job)
        elif stop_reason is StopReason.TIMED_OUT or self._in_flight.end_started(job):
            # A thread cannot be ended: the task fails now, and the thread is not ours until it comes back.
            # A cancelled one may go on, unless it has lost what it started.
            run.stop_reason = stop_reason
            job.ask_to_stop()
            self._in_flight.abandon(job, run)
        elif stop_reason is StopReason.CANCELLED:
            self._in_flight.end_started(job)
