"""Appetite: which copies will have a child at once if they are started now.

STARTED means begun or about to be, so nothing is started that would have to wait.
"""

from collections.abc import Iterable

from longshore_worker.copy import Copy
from longshore_worker.floor import Floor
from longshore_worker.held import Run
from longshore_worker.pace import JOB_SECONDS, MOST_IN_JOB, Pace


class Appetite:
    """The room on the floor, taken up copy by copy as `Floor.send` will."""

    def __init__(self, floor: Floor, pace: Pace, waiting: Iterable[Run]) -> None:
        self._pace = pace
        self._long, self._short = floor.room()
        self._work = 0.0  # in the job of short tasks that is being filled
        self._left = 0  # tasks that it may still take
        for run in waiting:
            self.takes(run.copy)

    def takes(self, copy: Copy) -> bool:
        """Whether there is room for `copy`, which then is taken."""
        if not copy.chunk and self._pace.is_short(copy.task):
            return self._takes_short(self._pace.cost(copy.task))
        brief = not copy.chunk and self._pace.is_brief(copy.task)
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
