"""The account: what became of the runs in our hands, to be told to the ledger with the next flush."""

import time
from collections import deque

import structlog

from longshore.ledger.records import Release
from longshore_worker.board import Ended
from longshore_worker.commit import Commit
from longshore_worker.endings import Endings
from longshore_worker.held import Fate, Run
from longshore_worker.measures import Measures
from longshore_worker.pace import Pace
from longshore_worker.witness import Witness

log = structlog.get_logger()


class Account:
    """Implements `floor.Outcomes`."""

    def __init__(self, result_limit: int, measures: Measures, witness: Witness) -> None:
        self.queue_pace = Pace()
        """Run times by queue, whatever the tasks."""
        self.waiting: deque[Run] = deque()
        """Runs that are started and have no child."""
        self.draining = False
        self._endings = Endings(result_limit)
        self._measures = measures
        self._witness = witness
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
        self._witness.started(run)
        self.waiting.append(run)

    def ended(self, run: Run, ended: Ended) -> None:
        """See `floor.Outcomes`."""
        finish = self._endings.finish(run, ended)
        self.queue_pace.observe(run.copy.queue, ended.runtime_us / 1e6)
        self._measures.ended(finish.outcome)
        self._witness.ended(run, finish)
        self._next.finishes.append((run, finish))

    def lines_ended(self, run: Run, lines: list[Ended], *, died: bool) -> None:
        """See `floor.Outcomes`."""
        if died:
            self._mourn(run)
        finish = self._endings.finish_lines(run, lines, death=died and not self.draining)
        self.queue_pace.observe(run.copy.queue, finish.runtime_us / 1e6)
        self._measures.lines(len(lines), finish.failed)
        self._witness.gone(run)
        self._next.lines.append((run, finish))

    def returned(self, run: Run) -> None:
        """See `floor.Outcomes`."""
        if run.fate is not None or run.asked_to_stop_at is not None:
            run.fate = run.fate or Fate.CANCELLED
            self.stopped(run)
        else:
            self.waiting.append(run)

    def stopped(self, run: Run) -> None:
        """See `floor.Outcomes`."""
        if run.fate is Fate.DRAINED:
            self.release(run, "drain")
            return
        finish = self._endings.stop(run)
        self._measures.ended(finish.outcome)
        self._witness.ended(run, finish)
        self._next.finishes.append((run, finish))

    def died(self, run: Run) -> None:
        """See `floor.Outcomes`."""
        self._mourn(run)
        self.release(run, "its worker process died", death=not self.draining)

    def release(self, run: Run, why: str, *, death: bool = False) -> None:
        """Give a started run back."""
        self._witness.gone(run)
        self._measures.released()
        self._next.releases.append((run, Release(run.id, run.token, why, death=death)))

    def release_waiting(self, why: str, older_than: float = 0.0) -> None:
        """Give back what is started and has no child."""
        now = time.monotonic()
        waiting, self.waiting = self.waiting, deque()
        for run in waiting:
            if now - run.started_at >= older_than:
                self.release(run, why)
            else:
                self.waiting.append(run)

    def cancel_waiting(self, run: Run) -> bool:
        """End a run that is started and has no child. False: it is not one of those."""
        if run not in self.waiting:
            return False
        self.waiting.remove(run)
        run.fate = Fate.CANCELLED
        self.stopped(run)
        return True

    def _mourn(self, run: Run) -> None:
        log.warning("the process that ran a task died", id=run.id, task=run.copy.task)
        self._measures.died()
