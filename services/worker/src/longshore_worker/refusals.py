"""Copies of tasks that this worker does not know: an older worker beside a newer one, during an upgrade.

Celery would reject them, and the work would be gone. They are given back to the ledger: soon to be published
again where a worker is there that knows them, else with a growing delay.
"""

from typing import Final

from longshore.ledger.records import Release
from longshore_worker.copy import Copy
from longshore_worker.knowers import Knowers

_FIRST: Final = 1.0
_LONGEST: Final = 5.0
_SOON: Final = 0.25
_RESTRAINT: Final = 1.0
"""Seconds for which a refused copy keeps its place among those fetched, where others know the task: so few of
theirs come here."""
_MOST: Final = 10_000


class Refusals:
    """How often each task was given back, and which copies the ledger did not take back."""

    def __init__(self, knowers: Knowers) -> None:
        self._knowers = knowers
        self._times: dict[str, int] = {}
        self._doubtful: set[Copy] = set()

    def refuse(self, copy: Copy) -> Release:
        """What to tell the ledger of a copy that is not started."""
        times = self._times.pop(copy.id, 0)
        self._times[copy.id] = times + 1  # last: the oldest are forgotten first
        if len(self._times) > _MOST:
            del self._times[next(iter(self._times))]
        known = self._knowers.are_there(copy.queue, copy.task)
        delay = _SOON if known else min(_FIRST * 2**times, _LONGEST)
        return Release(copy.id, "", "unknown task", run=copy.run, delay=delay)

    def restraint(self, copy: Copy) -> float:
        """Seconds to wait before a refused copy is acknowledged and another one fetched in its place."""
        return _RESTRAINT if self._knowers.are_there(copy.queue, copy.task) else 0.0

    def doubt(self, copy: Copy) -> None:
        """The ledger did not take the copy back: START will say what it is."""
        self._doubtful.add(copy)

    def is_doubtful(self, copy: Copy) -> bool:
        """Whether START is to be asked. Asks once."""
        if copy in self._doubtful:
            self._doubtful.discard(copy)
            return True
        return False
