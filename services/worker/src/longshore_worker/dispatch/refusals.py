"""Copies that are for a worker of another release: an older worker beside a newer one, during an upgrade.

Of a task that it does not know Celery would reject them, and the work would be gone. They are given back to
the ledger: soon to be published again where a worker is there that can run them, else with a growing delay.
"""

from typing import Final

from longshore_ledger.records import Release
from longshore_worker.dispatch.definitions import Lack
from longshore_worker.dispatch.deliveries import Copy
from longshore_worker.dispatch.peers import Peers

_FIRST: Final = 1.0
_LONGEST: Final = 5.0
_SOON: Final = 0.25
_RESTRAINT: Final = 1.0
"""Seconds for which a refused copy keeps its place among those fetched, where others know the task: so few of
theirs come here."""
_MOST: Final = 10_000


class Refusals:
    """How often each task was given back, and which copies the ledger did not take back."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers
        self._times: dict[str, tuple[int, Lack]] = {}
        self._doubtful: set[Copy] = set()

    def refuse(self, copy: Copy, lack: Lack) -> Release:
        """What to tell the ledger of a copy that is not started."""
        times, _ = self._times.pop(copy.id, (0, lack))
        self._times[copy.id] = times + 1, lack  # last: the oldest are forgotten first
        if len(self._times) > _MOST:
            del self._times[next(iter(self._times))]
        known = self._peers.are_there(copy.queue, copy.task, lack.definition)
        delay = _SOON if known else min(_FIRST * 2 ** min(times, 8), _LONGEST)
        return Release(copy.id, "", lack.why, run=copy.run, delay=delay)

    def restraint(self, copy: Copy) -> float:
        """Seconds to wait before a refused copy is acknowledged and another one fetched in its place."""
        _, lack = self._times.get(copy.id, (0, Lack("", None)))
        return _RESTRAINT if self._peers.are_there(copy.queue, copy.task, lack.definition) else 0.0

    def doubt(self, copy: Copy) -> None:
        """The ledger did not take the copy back: START will say what it is."""
        self._doubtful.add(copy)

    def is_doubtful(self, copy: Copy) -> bool:
        """Whether START is to be asked. Asks once."""
        if copy in self._doubtful:
            self._doubtful.discard(copy)
            return True
        return False
