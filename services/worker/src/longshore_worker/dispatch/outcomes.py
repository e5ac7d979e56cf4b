"""What became of the runs in our hands, to be told to the ledger with the next flush."""

import time
from collections import deque
from typing import Final, Protocol

import structlog

from longshore_ledger.records import Finish, FinishLines, Outcome, Release
from longshore_worker.dispatch.commits import Commit
from longshore_worker.dispatch.measures import Measures
from longshore_worker.dispatch.run import Run, StopReason
from longshore_worker.dispatch.state import State
from longshore_worker.execution.fault import Fault
from longshore_worker.execution.result_slots import Ended, Kind

_OUTCOMES: Final = {
    Kind.SUCCESS: Outcome.SUCCESS,
    Kind.FAILURE: Outcome.FAILURE,
    Kind.REFUSED: Outcome.FAILURE,
    Kind.STOPPED: Outcome.REVOKED,
}

log = structlog.get_logger()


class RunEvents(Protocol):
    """Who is told of runs as they pass."""

    def started(self, run: Run) -> None:
        """It may run, and will in a moment."""

    def ended(self, run: Run, finish: Finish) -> None:
        """It ended."""

    def gone(self, run: Run) -> None:
        """It is not ours any more, and has not ended."""


class NoEvents:
    """Looks away."""

    def started(self, run: Run) -> None:
        """See `RunEvents`."""

    def ended(self, run: Run, finish: Finish) -> None:
        """See `RunEvents`."""

    def gone(self, run: Run) -> None:
        """See `RunEvents`."""


class Outcomes:
    """Takes what became of a run and makes the next commit of it. `result_limit` is bytes."""

    def __init__(self, state: State, result_limit: int, measures: Measures, run_events: RunEvents) -> None:
        self._state = state
        self._limit = result_limit
        self._measures = measures
        self._run_events = run_events
        self._next = Commit()

    def take(self) -> Commit:
        """What there is to tell; it is this caller's to tell from now on."""
        commit, self._next = self._next, Commit()
        return commit

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to tell."""
        return not self._next

    def started(self, run: Run) -> None:
        """The ledger says that it may run."""
        self._measures.started()
        self._run_events.started(run)
        self._state.waiting.append(run)

    def ended(self, run: Run, ended: Ended) -> None:
        """A task ended by itself."""
        finish = _finish(run, ended, self._limit)
        self._state.queue_estimates.observe(run.copy.queue, ended.runtime_us / 1e6)
        self._measures.ended(finish.outcome)
        self._run_events.ended(run, finish)
        self._next.finishes.append((run, finish))

    def lines_ended(self, run: Run, lines: list[Ended], *, died: str | None) -> None:
        """Lines of a chunk ended, at least one, and perhaps the child with the next, of the cause `died`.

        The rest comes again.
        """
        if died is not None:
            self._mourn(run, died)
        crash = died is not None and not self._state.draining
        finish = _finish_lines(run, lines, crash=crash)
        self._state.queue_estimates.observe(run.copy.queue, finish.runtime_us / 1e6)
        self._measures.lines(len(lines), finish.failed)
        self._run_events.gone(run)
        self._next.lines.append((run, finish))

    def returned(self, run: Run) -> None:
        """It was not begun, and may be sent again."""
        if run.stop_reason is not None or run.asked_to_stop_at is not None:
            run.stop_reason = run.stop_reason or StopReason.CANCELLED
            self.stopped(run)
        else:
            self._state.waiting.append(run)

    def stopped(self, run: Run) -> None:
        """We ended it; `run.stop_reason` says why."""
        if run.stop_reason is StopReason.DRAINED:
            self.release(run, "drain")
            return
        finish = _stop(run)
        self._measures.ended(finish.outcome)
        self._run_events.ended(run, finish)
        self._next.finishes.append((run, finish))

    def died(self, run: Run, cause: str) -> None:
        """Its child died while it was begun, of `cause`."""
        self._mourn(run, cause)
        self.release(run, cause, crash=not self._state.draining)

    def release(self, run: Run, why: str, *, crash: bool = False) -> None:
        """Give a started run back."""
        self._run_events.gone(run)
        self._measures.released()
        self._next.releases.append((run, Release(run.id, run.token, why, crash=crash)))

    def release_waiting(self, why: str, older_than: float = 0.0) -> None:
        """Give back what is started and has no child."""
        now = time.monotonic()
        waiting, self._state.waiting = self._state.waiting, deque()
        for run in waiting:
            if now - run.started_at >= older_than:
                self.release(run, why)
            else:
                self._state.waiting.append(run)

    def cancel_waiting(self, run: Run) -> bool:
        """End a run that is started and has no child. False: it is not one of those."""
        if run not in self._state.waiting:
            return False
        self._state.waiting.remove(run)
        run.stop_reason = StopReason.CANCELLED
        self.stopped(run)
        return True

    def _mourn(self, run: Run, cause: str) -> None:
        log.warning("the process that ran a task died", id=run.id, task=run.copy.task, cause=cause)
        self._measures.died()


def _finish(run: Run, ended: Ended, limit: int) -> Finish:
    """A task that ended by itself."""
    outcome = _OUTCOMES[ended.kind]
    value = ended.value
    if len(value) > limit:  # an error as large as that; the child has looked at results
        value = Fault("ResultTooLarge", f"{len(value)} bytes; the limit is {limit}").json()
    retryable = ended.kind is not Kind.REFUSED
    return Finish(run.id, run.token, outcome, value, ended.runtime_us, retryable)


def _stop(run: Run) -> Finish:
    """A task that we ended."""
    if run.stop_reason is StopReason.TIMED_OUT:
        limit = run.timeout or 0.0
        error = Fault("TimeLimitExceeded", f"it took longer than {limit:g} s").json()
        return Finish(run.id, run.token, Outcome.FAILURE, error, int(limit * 1e6))
    return Finish(run.id, run.token, Outcome.REVOKED, b"", 0)


def _finish_lines(run: Run, lines: list[Ended], *, crash: bool) -> FinishLines:
    """Lines of a chunk, in order; whether the next one killed its child."""
    failed = sum(line.kind is not Kind.SUCCESS and line.kind is not Kind.BLANK for line in lines)
    texts = [_text(line) for line in lines]
    runtime_us = sum(line.runtime_us for line in lines)
    return FinishLines(run.id, run.token, texts, failed, runtime_us, crash)


def _text(line: Ended) -> bytes:
    if line.kind is Kind.BLANK:
        return b""
    return (b"=" if line.kind is Kind.SUCCESS else b"!") + line.value
