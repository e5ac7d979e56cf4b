"""The dispatcher: between the broker's deliveries, the ledger and the pool.

A *flush* reads what has arrived, tells the ledger in one round trip what has ended and asks what may start,
sends that to the pool, and acknowledges what needs no more. It runs whenever something arrived or ended, so
that batches grow with the load and no timer decides their size. FINISH is on record before the ack, always.

There is one dispatcher for the life of the worker, and one inbox for each connection to the broker: a run
outlives the connection that brought it. A copy of a run that is in our hands joins it, and shares its end.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog

from longshore.errors import LongshoreError
from longshore_ledger.records import StartAnswer, Verdict
from longshore_ledger.runs import Committed, Runs
from longshore_worker.dispatch.admission import Admission
from longshore_worker.dispatch.commits import TRIES, Commit, Outgoing
from longshore_worker.dispatch.definitions import Definitions
from longshore_worker.dispatch.deliveries import Copy, Inbox
from longshore_worker.dispatch.in_flight import InFlight
from longshore_worker.dispatch.isolation import Isolation
from longshore_worker.dispatch.measures import Measures
from longshore_worker.dispatch.outcomes import Outcomes
from longshore_worker.dispatch.parking import Parking
from longshore_worker.dispatch.refusals import Refusals
from longshore_worker.dispatch.run import Run
from longshore_worker.dispatch.state import State

_PAUSE: Final = 0.5
"""Seconds between two attempts to reach the ledger."""

log = structlog.get_logger()


class Dispatcher:
    """Leads what was delivered to the ledger, to the pool and to its acknowledgement.

    `timeouts` are of the tasks that this worker knows, s. `later` calls a function after some seconds.
    """

    def __init__(
        self,
        state: State,
        runs: Runs,
        *,
        in_flight: InFlight,
        outcomes: Outcomes,
        isolation: Isolation,
        timeouts: Mapping[str, float | None],
        definitions: Definitions,
        later: Callable[[float, Callable[[], None]], object],
        measures: Measures,
    ) -> None:
        self._state = state
        self._runs = runs
        self._in_flight = in_flight
        self._outcomes = outcomes
        self._isolation = isolation
        self._later = later
        self._measures = measures
        self._definitions = definitions
        self._refusals = Refusals(definitions.peers)
        self._admission = Admission(state, in_flight, isolation, timeouts, definitions, self._refusals)
        self._outgoing = Outgoing()
        self._parking = Parking(runs)
        self._flushing = False
        self._again_at = 0.0

    # What comes in

    def attach(self, inbox: Inbox) -> None:
        """A connection to the broker is there."""
        self.detach()
        self._state.inbox = inbox

    def detach(self) -> None:
        """The connection is gone. What runs goes on; what waited in the inbox is delivered again."""
        if self._state.inbox is not None:
            self._state.inbox.close()
            self._state.inbox = None

    def park(self, inbox: Inbox, tag: Any, name: str, message: bytes) -> None:
        """Keep a message that is no copy of ours where an operator finds it, then acknowledge it."""
        self._parking.add(inbox, tag, name, message)

    @property
    def idle(self) -> bool:
        """Whether nothing is in our hands but what the broker may have back."""
        return self._outcomes.is_settled and not (self._state.held or self._outgoing or self._parking)

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
            if thoroughly and self._state.inbox is not None:
                self._state.inbox.acknowledge(all_of_them=True)
        finally:
            self._flushing = False

    def _flush_once(self) -> bool:
        began = time.monotonic()
        if self._state.inbox is not None:
            self._state.inbox.drain()
        self._in_flight.take_answers()
        self._dispatch()
        if self._state.ledger_away and began < self._again_at:
            return False
        try:
            has_spoken = self._speak(began)
        except LongshoreError as error:
            self._lose_ledger(error.detail)
            return False
        if has_spoken:
            self._find_ledger()
            self._dispatch()
            self._measures.flushed(time.monotonic() - began)
        if self._state.inbox is not None:
            self._state.inbox.acknowledge()
        return has_spoken

    def _speak(self, now: float) -> bool:
        """Tell and ask the ledger; False if there is nothing to say. Raises LongshoreError."""
        has_parked = self._parking.park(now)
        commit = self._outgoing.next(now) or self._gather()
        if not commit:
            return has_parked
        try:
            answers = commit.send(self._state.worker, self._runs)
        except LongshoreError:
            self._outgoing.keep(commit)
            raise
        except Exception as error:  # noqa: BLE001 - a script's, on one part of it
            if self._outgoing.failed(commit, error):
                self._do_without(commit, now, error)
        else:
            self._definitions.heed(answers.catalogue)
            self._settle(commit, answers)
        return True

    def _do_without(self, part: Commit, now: float, error: Exception) -> None:
        """A run that has ended stays ours, or it would run again; its copy is not needed to find it.

        A copy that cannot be started is parked: it is still outstanding, so the scheduler publishes it anew.
        """
        if part.ended() or part.failures < TRIES:
            for run in part.ended() if part.failures == TRIES else ():
                run.copy.inbox.settle(run.copy.tag)
            self._outgoing.postpone(part, now, error)
            return
        log.error("a copy is parked: the ledger cannot start it", id=part.subject, reason=str(error))
        for run in part.asks:
            self._state.held.pop(run.id, None)
            self._reconsider(run.adopted)
        for copy in part.not_started():
            self.park(copy.inbox, copy.tag, copy.id, copy.parked())

    def _gather(self) -> Commit:
        inbox = self._state.inbox
        pending = inbox.pending if inbox is not None and not self._state.draining else None
        may_start = bool(pending) and self._runs.may_start()  # raises: asked before anything is taken
        commit = self._outcomes.take()
        if pending and may_start:
            self._admission.ask(pending, commit)
        return commit

    def _settle(self, commit: Commit, answers: Committed) -> None:
        ended = [run for run, _ in (*commit.finishes, *commit.lines)]
        for run, recorded in zip(ended, answers.finished + answers.lines, strict=True):
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
            if answer.verdict is Verdict.WAIT:
                del self._state.held[run.id]
                self._isolation.put_off(run.copy, suspect=answer.suspect)
                self._reconsider([*run.adopted, run.copy])
            elif answer.verdict is Verdict.PARK:
                log.warning("the ledger does not know a task; its copy is parked", id=run.id)
                self._state.held.pop(run.id, None)
                self.park(run.copy.inbox, run.copy.tag, run.id, run.copy.parked())
                self._reconsider(run.adopted)
            else:
                self._let_go(run, recorded=False)
            return
        run.attempt, run.offset = answer.attempt, answer.offset
        run.alone, run.suspect = answer.alone, answer.suspect
        run.started_at = now
        # Again, since a newer definition may have been published just before the START.
        if lack := self._definitions.lack(run.copy):
            self._outcomes.release(run, lack.why)
        elif self._state.draining:
            self._outcomes.release(run, "drain")
        else:
            self._outcomes.started(run)

    def _let_go(self, run: Run, *, recorded: bool) -> None:
        """The ledger knows how it ended, or knows better."""
        if self._state.held.get(run.id) is run:
            del self._state.held[run.id]
        run.copy.inbox.settle(run.copy.tag)
        if recorded:
            for copy in run.adopted:
                copy.inbox.settle(copy.tag)
        else:
            self._reconsider(run.adopted)

    def _reconsider(self, adopted: list[Copy]) -> None:
        """Copies that had joined a run which was not ours any more: the ledger decides about them, too."""
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
        copy.inbox.acknowledge()

    def _dispatch(self) -> None:
        waiting = self._state.waiting
        if waiting and not self._state.draining:
            self._state.waiting = deque(self._in_flight.send(waiting))

    def _lose_ledger(self, reason: str) -> None:
        if not self._state.ledger_away:
            log.warning("waiting for the ledger", reason=reason)
        self._state.ledger_away = True
        # No timer of the hub's: one set while it connects to the broker is cancelled with that connection.
        self._again_at = time.monotonic() + _PAUSE

    def _find_ledger(self) -> None:
        if self._state.ledger_away:
            log.info("the ledger answers again")
        self._state.ledger_away = False
