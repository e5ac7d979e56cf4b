"""Which queues a submission may name: those there are. An operator makes new ones, by submitting there.

A name that somebody makes up is a queue on the broker, a row on every page and a label of the metrics, and
most likely a slip: nobody would serve it.
"""

import time
from collections.abc import Callable
from typing import Final

from longshore_api.errors import TooManyQueues, UnknownQueue
from longshore_api.ledger_link import LedgerLink

_FRESH: Final = 1.0
"""Seconds for which what was read is good enough."""
_ON_ITS_WAY: Final = 60.0
"""Seconds for which a new queue counts though nothing is on record there yet: a bulk submission is written in
parts."""
_NAMED: Final = 20
"""Queues that an error names."""


class QueueNames:
    """The queues that tasks, workers and the catalogue name. `may_make`: who asks may make new ones."""

    def __init__(self, link: LedgerLink, most: int, may_make: Callable[[], bool]) -> None:
        self._link = link
        self._most = most
        self._may_make = may_make
        self._known = set[str]()
        self._made: dict[str, float] = {}
        self._read_at = float("-inf")

    def check(self, queue: str) -> None:
        """Raise UnknownQueue, or TooManyQueues, where a task must not be sent to `queue`."""
        if queue in self._names():
            return
        if not self._may_make():
            raise UnknownQueue(field="queue", queue=queue, known=_listed(sorted(self._known)))
        if len(self._known) >= self._most:
            raise TooManyQueues(field="queue", queue=queue, limit=self._most)
        self._known.add(queue)
        self._made[queue] = time.monotonic()

    def _names(self) -> set[str]:
        ledger = self._link.ledger
        declared = {spec.queue for spec in ledger.catalogue.read().values()}
        if time.monotonic() - self._read_at > _FRESH:
            now = self._read_at = time.monotonic()
            self._made = {name: at for name, at in self._made.items() if now - at < _ON_ITS_WAY}
            self._known = ledger.views.queue_names() | self._made.keys()
        self._known |= declared
        return self._known


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more (GET /v1/queues)" if more > 0 else "")
