"""Admission: which of the copies that were delivered the ledger is asked about next.

STARTED means begun or about to be, so nothing is started that would have to wait.
"""

from collections import deque
from collections.abc import Mapping
from itertools import count
from typing import Final

from longshore_worker.dispatch.commits import Commit
from longshore_worker.dispatch.definitions import Definitions
from longshore_worker.dispatch.deliveries import Copy
from longshore_worker.dispatch.in_flight import InFlight
from longshore_worker.dispatch.isolation import Isolation
from longshore_worker.dispatch.refusals import Refusals
from longshore_worker.dispatch.run import Run
from longshore_worker.dispatch.runtime_estimates import JOB_SECONDS, MOST_IN_JOB
from longshore_worker.dispatch.state import State

MOST_ASKED: Final = 512
"""Runs started in one commit."""


class Admission:
    """Fills a commit with questions. `timeouts` are of the tasks that this worker knows, s."""

    def __init__(
        self,
        state: State,
        in_flight: InFlight,
        isolation: Isolation,
        timeouts: Mapping[str, float | None],
        definitions: Definitions,
        refusals: Refusals,
    ) -> None:
        self._state = state
        self._in_flight = in_flight
        self._isolation = isolation
        self._timeouts = timeouts
        self._definitions = definitions
        self._refusals = refusals
        self._tokens = count(1)

    def ask(self, pending: deque[Copy], commit: Commit) -> None:
        """Ask to start what there will be room for, in the order of arrival."""
        capacity, held = Capacity(self._state, self._in_flight), self._state.held
        later = []
        while pending and len(commit.asks) < MOST_ASKED:
            copy = pending[0]
            if not self._isolation.admits(copy):
                break
            known = held.get(copy.id)
            if known is not None and known.copy.run == copy.run:
                known.adopted.append(copy)
            elif known is not None:
                later.append(copy)  # another run of the same task: ours, which is lost, must end first
            elif (lack := self._definitions.lack(copy)) and not self._refusals.is_doubtful(copy):
                commit.refusals.append((copy, self._refusals.refuse(copy, lack)))
            elif capacity.takes(copy):
                commit.asks.append(self._hold(copy))
            else:
                break
            pending.popleft()
        pending.extendleft(reversed(later))

    def _hold(self, copy: Copy) -> Run:
        timeout = copy.timeout or self._timeouts.get(copy.task)
        token = f"{self._state.worker}.{next(self._tokens)}"
        run = self._state.held[copy.id] = Run(copy, token, timeout)
        run.suspect = copy.suspect
        return run


class Capacity:
    """The room that there is now, taken up copy by copy as `InFlight.send` will."""

    def __init__(self, state: State, in_flight: InFlight) -> None:
        self._estimates = state.estimates
        self._long, self._short = in_flight.room()
        self._work = 0.0  # in the job of short tasks that is being filled
        self._left = 0  # tasks that it may still take
        for run in state.waiting:
            self.takes(run.copy)

    def takes(self, copy: Copy) -> bool:
        """Whether there is room for `copy`, which then is taken."""
        if not copy.chunk and self._estimates.is_short(copy.task):
            return self._takes_short(self._estimates.cost(copy.task))
        brief = not copy.chunk and self._estimates.is_brief(copy.task)
        if self._short <= 0 or (self._long <= 0 and not brief):
            return False
        self._short -= 1
        self._long -= 1
        return True

    def _takes_short(self, cost: float) -> bool:
        if self._left and self._work + cost <= JOB_SECONDS * 1.01:
            self._work += cost
            self._left -= 1
            return True
        if self._short <= 0:
            return False
        self._short -= 1
        self._work, self._left = cost, MOST_IN_JOB - 1
        return True
