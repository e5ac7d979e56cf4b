"""The gate: between the broker's deliveries, the ledger and the pool.

A *flush* reads what has arrived, tells the ledger in one round trip what has ended and asks what may start,
sends that to the pool, and acknowledges what needs no more. It runs whenever something arrived or ended, so
that batches grow with the load and no timer decides their size. FINISH is on record before the ack, always.

There is one gate for the life of the worker, and one inbox for each connection to the broker: a run outlives
the connection that brought it. A copy of a run that is in our hands joins it, and shares its end.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Final

import structlog

from longshore.errors import LongshoreError
from longshore.ledger.records import StartAnswer, Verdict
from longshore.ledger.runs import Committed, Runs
from longshore_worker.account import Account
from longshore_worker.appetite import Appetite
from longshore_worker.board import Board
from longshore_worker.commit import Commit
from longshore_worker.copy import Copy
from longshore_worker.floor import Floor
from longshore_worker.held import Run
from longshore_worker.inbox import Inbox
from longshore_worker.knowers import Knowers
from longshore_worker.measures import Measures
from longshore_worker.pace import Pace
from longshore_worker.pools import Pool
from longshore_worker.refusals import Refusals
from longshore_worker.witness import Witness

MOST_ASKED: Final = 512
"""Runs started in one commit."""
_PAUSE: Final = 0.5
"""Seconds between two attempts to reach the ledger."""

log = structlog.get_logger()


class Gate:
    """Everything this worker holds.

    `timeouts` are of the tasks it knows, s. `later` calls a function after some seconds; `note` is called, in
    any thread, when a flush would find something.
    """

    def __init__(
        self,
        worker: str,
        runs: Runs,
        *,
        pool: Pool,
        board: Board,
        timeouts: Mapping[str, float | None],
        later: Callable[[float, Callable[[], None]], object],
        note: Callable[[], object],
        measures: Measures,
        witness: Witness,
    ) -> None:
        self.worker = worker
        self.inbox: Inbox | None = None
        self.held: dict[str, Run] = {}
        """By task id: asked about, waiting, in a job, or ended and not recorded yet."""
        self.pace = Pace()
        self.account = Account(board.place.result_limit, measures, witness)
        self.floor = Floor(pool=pool, board=board, pace=self.pace, outcomes=self.account, note=note)
        self.ledger_away = False
        self._runs = runs
        self._timeouts = timeouts
        self._later = later
        self._measures = measures
        self._tokens = count(1)
        self.knowers = Knowers(worker)
        self._refusals = Refusals(self.knowers)
        self._unsent: Commit | None = None
        self._parking: dict[str, tuple[Inbox, Any, bytes]] = {}
        self._flushing = False
        self._again_at = 0.0

    # What comes in

    def attach(self, inbox: Inbox) -> None:
        """A connection to the broker is there."""
        self.detach()
        self.inbox = inbox

    def detach(self) -> None:
        """The connection is gone. What runs goes on; what waited in the inbox is delivered again."""
        if self.inbox is not None:
            self.inbox.close()
            self.inbox = None

    def park(self, inbox: Inbox, tag: Any, name: str, message: bytes) -> None:
        """Keep a message that is no copy of ours where an operator finds it, then acknowledge it."""
        self._parking[name] = (inbox, tag, message)

    @property
    def idle(self) -> bool:
        """Whether nothing is in our hands but what the broker may have back."""
        return self.account.is_settled and not (self.held or self._unsent or self._parking)

    # The group commit

    def flush(self, *, thoroughly: bool = False) -> None:
        """Flush until nothing is left to do now. `thoroughly`: leave no acknowledgement for later.

        In a loop: a hub's `call_soon` made in one of its callbacks does not cut the next poll short.
        """
        if self._flushing:
            return  # waiting for an answer of the broker's delivers what comes before it
        self._flushing = True
        try:
            while self._flush_once():
                pass
            if thoroughly and self.inbox is not None:
                self.inbox.acknowledge(all_of_them=True)
        finally:
            self._flushing = False

    def _flush_once(self) -> bool:
        began = time.monotonic()
        if self.inbox is not None:
            self.inbox.drain()
        self.floor.take_answers()
        self._dispatch()
        if self.ledger_away and began < self._again_at:
            return False
        commit = self._unsent or self._gather()
        if not commit and not self._parking:
            self._acknowledge()
            return False
        self._unsent = commit
        try:
            self._say(commit)
        except LongshoreError as error:
            self._lose_ledger(error.detail)
            return False
        except Exception:
            log.exception("a commit failed; its parts are sent one by one")
            self._salvage(commit)
        self._find_ledger()
        self._unsent = None
        self._dispatch()
        self._acknowledge()
        self._measures.flushed(time.monotonic() - began)
        return True

    def _say(self, commit: Commit) -> None:
        if self._parking:
            self._runs.park({name: message for name, (_, _, message) in self._parking.items()})
            for inbox, tag, _ in self._parking.values():
                inbox.settle(tag)
            self._parking.clear()
        if commit:
            self._settle(commit, commit.send(self.worker, self._runs))

    def _gather(self) -> Commit:
        commit = self.account.take()
        if self.inbox is not None and not self.account.draining:
            self._ask(self.inbox.pending, commit)
        return commit

    def _ask(self, pending: deque[Copy], commit: Commit) -> None:
        """Ask to start what there will be room for, in the order of arrival."""
        appetite = Appetite(self.floor, self.pace, self.account.waiting)
        later = []
        while pending and len(commit.asks) < MOST_ASKED:
            copy = pending[0]
            known = self.held.get(copy.id)
            if known is not None and known.copy.run == copy.run:
                known.adopted.append(copy)
            elif known is not None:
                later.append(copy)  # another run of the same task: ours, which is lost, must end first
            elif copy.task not in self._timeouts and not self._refusals.is_doubtful(copy):
                commit.refusals.append((copy, self._refusals.refuse(copy)))
            elif appetite.takes(copy):
                commit.asks.append(self._hold(copy))
            else:
                break
            pending.popleft()
        pending.extendleft(reversed(later))

    def _hold(self, copy: Copy) -> Run:
        timeout = copy.timeout or self._timeouts.get(copy.task)
        run = self.held[copy.id] = Run(copy, f"{self.worker}.{next(self._tokens)}", timeout)
        return run

    def _settle(self, commit: Commit, answers: Committed) -> None:
        for (run, _), recorded in zip(commit.finishes, answers.finished, strict=True):
            self._let_go(run, recorded=recorded)
        for (run, _), recorded in zip(commit.lines, answers.lines, strict=True):
            self._let_go(run, recorded=recorded)
        for (run, _), recorded in zip(commit.releases, answers.released, strict=False):
            self._let_go(run, recorded=recorded)
        refused = answers.released[len(commit.releases) :]
        for (copy, _), recorded in zip(commit.refusals, refused, strict=True):
            self._refuse(copy, recorded=recorded)
        now = time.monotonic()
        for run, answer in zip(commit.asks, answers.started, strict=True):
            self._start(run, answer, now)

    def _start(self, run: Run, answer: StartAnswer, now: float) -> None:
        if answer.verdict is not Verdict.RUN:
            if answer.verdict is Verdict.PARK:
                log.warning("the ledger does not know a task; its copy is parked", id=run.id)
                self.held.pop(run.id, None)
                self.park(run.copy.inbox, run.copy.tag, run.id, run.copy.parked())
                self._reconsider(run.adopted)
            else:
                self._let_go(run, recorded=False)
            return
        run.attempt, run.offset, run.careful = answer.attempt, answer.offset, answer.careful
        run.started_at = now
        if run.copy.task not in self._timeouts:
            self.account.release(run, "unknown task")
        elif self.account.draining:
            self.account.release(run, "drain")
        else:
            self.account.started(run)

    def _let_go(self, run: Run, *, recorded: bool) -> None:
        """The ledger knows how it ended, or knows better."""
        if self.held.get(run.id) is run:
            del self.held[run.id]
        run.copy.inbox.settle(run.copy.tag)
        if recorded:
            for copy in run.adopted:
                copy.inbox.settle(copy.tag)
        else:
            self._reconsider(run.adopted)

    def _reconsider(self, adopted: list[Copy]) -> None:
        """Copies that had joined a run which was not ours any more: the ledger judges them like any other."""
        for copy in adopted:
            if not copy.inbox.closed:
                copy.inbox.pending.appendleft(copy)

    def _refuse(self, copy: Copy, *, recorded: bool) -> None:
        restraint = self._refusals.restraint(copy) if recorded else 0.0
        if restraint:
            self._later(restraint, lambda: self._let_pass(copy))
        elif recorded:
            copy.inbox.settle(copy.tag)
        elif not copy.inbox.closed:
            # Someone else's by now, or of a task that the ledger does not know: START tells which.
            self._refusals.doubt(copy)
            copy.inbox.pending.appendleft(copy)

    def _let_pass(self, copy: Copy) -> None:
        copy.inbox.settle(copy.tag)
        self._acknowledge()

    def _dispatch(self) -> None:
        waiting = self.account.waiting
        if waiting and not self.account.draining:
            self.account.waiting = deque(self.floor.send(waiting))

    def _acknowledge(self) -> None:
        if self.inbox is not None:
            self.inbox.acknowledge()

    def _lose_ledger(self, reason: str) -> None:
        if not self.ledger_away:
            log.warning("waiting for the ledger", reason=reason)
        self.ledger_away = True
        # No timer of the hub's: one set while it connects to the broker is cancelled with that connection.
        self._again_at = time.monotonic() + _PAUSE

    def _find_ledger(self) -> None:
        if self.ledger_away:
            log.info("the ledger answers again")
        self.ledger_away = False

    def _salvage(self, commit: Commit) -> None:
        """One part of a commit breaks a script, and must not hold up all others.

        It is dropped from our hands, not acknowledged and not vouched for: the ledger will ask for it.
        """
        for part in commit.parts():
            try:
                self._settle(part, part.send(self.worker, self._runs))
            except LongshoreError:
                raise
            except Exception:
                log.exception("given up", what=part.subject)
                self.held.pop(part.subject, None)
