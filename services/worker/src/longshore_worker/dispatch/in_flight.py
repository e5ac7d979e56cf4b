"""The jobs in flight.

Fills them, sends them to the pool, and reads off their slots what became of their items, whether the child
answers or dies.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from itertools import count
from typing import Protocol

from longshore_worker.dispatch.job import Job
from longshore_worker.dispatch.outcomes import Outcomes
from longshore_worker.dispatch.run import Run, StopReason
from longshore_worker.dispatch.runtime_estimates import JOB_SECONDS, MOST_IN_JOB
from longshore_worker.dispatch.state import State
from longshore_worker.execution.child import Item, JobArgs
from longshore_worker.execution.result_slots import Ended, Kind, ResultSlots, Slot

BACKLOG = 2
"""Jobs a child, the one it runs included, where tasks are short."""


class Pool(Protocol):
    """Somewhere to run jobs."""

    limit: int
    """Jobs that run at once."""
    kills: bool
    """Whether `kill` can end a job."""

    def send(self, job: JobArgs, done: Callable[[], None]) -> Callable[[], int]:
        """Run a job as soon as there is room. What is returned tells the process it was given to.

        That is 0 while it was given to none, and where there are no processes.

        `done` is called when it returned, or when its process is gone: perhaps from another thread, so it
        must only take a note.
        """

    def kill(self, pid: int) -> None:
        """End the process that runs a job, if it is still one of ours."""

    def end_started(self, serial: int, seconds: float) -> bool:
        """End what a job has started in the last `seconds`, and after that, where it cannot be killed itself.

        False: there was nothing.
        """

    def cause(self, pid: int) -> str:
        """Say how a process of ours ended."""


class InFlight:
    """Jobs in flight, and the room for more. `note` is called after each answer, in whatever thread."""

    def __init__(
        self,
        state: State,
        *,
        pool: Pool,
        result_slots: ResultSlots,
        outcomes: Outcomes,
        note: Callable[[], object],
    ) -> None:
        self._state = state
        self.pool = pool
        self.has_stragglers = False
        """Whether threads of ours run on though nobody waits for them."""
        self._result_slots = result_slots
        self._outcomes = outcomes
        self._note = note
        self._free: deque[Slot] = deque(result_slots.slots)
        self._serials = count(1)
        self._answered: deque[Job] = deque()  # filled by the pool, from its threads if it has some

    @property
    def size(self) -> int:
        """Children."""
        return self.pool.limit

    @property
    def busy(self) -> int:
        """Jobs that are of interest still."""
        return sum(not job.is_over or job.long for job in self._state.jobs.values())

    @property
    def blocked(self) -> int:
        """Children that will take nothing else for a while."""
        return sum(job.long for job in self._state.jobs.values())

    def seconds_on(self, pid: int) -> float | None:
        """For how long an item has been running in that process; None if none is."""
        for job in self._state.jobs.values():
            found = job.slot.running() if job.slot.pid == pid else None
            if found is not None:
                return found[1]
        return None

    def room(self) -> tuple[int, int]:
        """How many jobs can be sent: of long tasks, of short ones."""
        busy, blocked = self.busy, self.blocked
        slots = len(self._free)
        long = min(self.size - busy, slots)
        short = min((self.size - blocked) * BACKLOG - (busy - blocked), slots)
        return max(long, 0), max(short, 0)

    def send(self, runs: Iterable[Run]) -> list[Run]:
        """Send runs to the pool, short ones together. Returns those for which there is no room."""
        long_room, short_room = self.room()
        short: list[Run] = []
        left: list[Run] = []
        for run in runs:
            if not run.is_chunk and not run.alone and self._state.estimates.is_short(run.copy.task):
                short.append(run)
                continue
            brief = not run.is_chunk and self._state.estimates.is_brief(run.copy.task)
            if short_room > 0 and (brief or long_room > 0):
                self._send([run], long=not brief)
                long_room -= 1
                short_room -= 1
            else:
                left.append(run)
        return self._send_short(short, short_room) + left if short else left

    def take_answers(self) -> bool:
        """Deal with the jobs whose child has answered or died. False: there were none."""
        some = bool(self._answered)
        while self._answered:
            self._conclude(self._answered.popleft())
        return some

    def harvest(self, job: Job, used: int) -> None:
        """Pass on what has ended in a job that goes on."""
        for run, ended in job.harvest(used):
            if ended.kind is Kind.SKIPPED:
                self._outcomes.returned(run)
            else:
                self._state.estimates.observe(run.copy.task, ended.runtime_us / 1e6)
                self._outcomes.ended(run, ended)

    def kill(self, job: Job) -> None:
        """End the child that runs `job`; what was begun must know its stop_reason by now."""
        if job.slot.pid:
            self.pool.kill(job.slot.pid)

    def end_started(self, job: Job) -> bool:
        """End what the item that is being run has started, without its thread. False: there was nothing."""
        found = job.slot.running()
        return found is not None and self.pool.end_started(job.serial, found[1])

    def abandon(self, job: Job, run: Run) -> None:
        """End a run without its thread, which goes on with it and is not free until it comes back."""
        job.long = job.abandoned = True
        self.end_started(job)
        if job.is_chunk:
            found = job.slot.running()
            self.harvest(job, job.slot.used)
            self._conclude_chunk(job, run, None if found is None else found[0])
            job.runs[0] = None
        else:
            job.runs[job.runs.index(run)] = None
            self._outcomes.stopped(run)

    def leave(self, job: Job) -> None:
        """Give up on a job whose thread cannot be ended: the process ends with it."""
        self.end_started(job)
        self.harvest(job, job.slot.used)
        for index, run in job.left():
            job.runs[index] = None
            if job.is_chunk and job.lines:
                self._outcomes.lines_ended(run, job.lines, died=None)
            else:
                self._outcomes.stopped(run)
        self._state.jobs.pop(job.serial, None)
        self.has_stragglers = True

    def _send_short(self, runs: list[Run], room: int) -> list[Run]:
        """Spread runs over jobs evenly, each filled to `JOB_SECONDS` of usual work at the most."""
        while runs and room > 0:
            share = min(MOST_IN_JOB, -(-len(runs) // room))
            work, size = 0.0, 0
            for run in runs[:share]:
                work += self._state.estimates.cost(run.copy.task)
                if size and work > JOB_SECONDS * 1.01:
                    break
                size += 1
            self._send(runs[:size], long=False)
            runs = runs[size:]
            room -= 1
        return runs

    def _send(self, runs: list[Run], *, long: bool) -> None:
        slot = self._free.popleft()
        job = Job(next(self._serials), slot, runs, long=long, now=time.monotonic())
        slot.give_to(job.serial)
        self._state.jobs[job.serial] = job
        items = [
            Item(run.copy.task, run.copy.id, run.attempt, run.copy.body, run.offset, run.alone)
            for run in runs
        ]

        def done() -> None:
            self._answered.append(job)
            self._note()

        job.taker = self.pool.send((self._result_slots.place, slot.number, job.serial, items), done)

    def _conclude(self, job: Job) -> None:
        """The child is done with the job, in one way or another."""
        if self._state.jobs.pop(job.serial, None) is None:
            return
        slot = job.slot
        chunk = job.runs[0] if job.is_chunk else None
        self.harvest(job, slot.used)
        found = slot.running()
        if chunk is not None:
            self._conclude_chunk(job, chunk, None if found is None else found[0])
        else:
            for index, run in enumerate(job.runs):
                if run is None:
                    continue
                if found is None or index != found[0]:
                    self._outcomes.returned(run)
                elif run.stop_reason is not None:
                    self._outcomes.stopped(run)
                else:
                    self._outcomes.died(run, self.pool.cause(slot.pid))
        self._free.append(slot)

    def _conclude_chunk(self, job: Job, run: Run, interrupted: int | None) -> None:
        lines, died = job.lines, interrupted is not None and run.stop_reason is None
        if interrupted is not None and run.stop_reason is StopReason.TIMED_OUT:
            reason = f"took longer than {run.timeout:g} s"
            lines.append(Ended(interrupted, Kind.FAILURE, reason.encode(), int((run.timeout or 0) * 1e6)))
        if lines:
            self._outcomes.lines_ended(run, lines, died=self.pool.cause(job.slot.pid) if died else None)
        elif run.stop_reason is not None:
            self._outcomes.stopped(run)
        elif interrupted is None and job.closed_at is not None:
            self._outcomes.returned(run)
        else:
            self._outcomes.died(run, self.pool.cause(job.slot.pid))
