"""How full the ledger's server is, and what is held back for it.

Two marks: from the first one on nothing new is accepted, so that what was accepted can end; from the second
one on nothing is started, since results take memory, too, and are recorded whatever the limit says.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from longshore.errors import LedgerEvicts, LedgerFull

ACCEPTS_BELOW: Final = 0.85
"""Part of maxmemory up to which submissions are accepted."""
STARTS_BELOW: Final = 0.95
"""Part of maxmemory up to which tasks are started."""

_SECONDS: Final = 1.0
"""How long a reading is believed: INFO costs the server as much as a small script."""
_SHARE: Final = 16
"""A reading is believed until this process has written one part in so many of what was left: many workers
read it at the same time."""


class Memory:
    """The server's memory by its own words. `read` returns INFO's section `memory`."""

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        self._read = read
        self._read_at = float("-inf")
        self._written = 0
        self._used = self._limit = 0
        self._policy = "noeviction"

    def wrote(self, size: int) -> None:
        """Count about `size` bytes that this process writes."""
        self._written += size

    def usage(self) -> tuple[int, int]:
        """Bytes used, and maxmemory (0 is none); a second old at the most."""
        room = max(0.0, STARTS_BELOW * self._limit - self._used)
        is_stale = self._limit and self._written > room / _SHARE
        if is_stale or time.monotonic() - self._read_at > _SECONDS:
            self.look()
        return self._used, self._limit

    def look(self) -> None:
        """Read it now."""
        facts = self._read()
        self._used, self._limit = int(facts["used_memory"]), int(facts["maxmemory"])
        self._policy = str(facts.get("maxmemory_policy", "noeviction"))
        self._read_at, self._written = time.monotonic(), 0

    def refuse_if_evicting(self) -> None:
        """Raise `LedgerEvicts` where the server deletes keys to make room.

        `volatile-*` is refused as well: those fall back to nothing else today, but a browser's session is no
        less deleted, and which keys have an expiry is ours to change.
        """
        if self._limit and self._policy != "noeviction":
            raise LedgerEvicts(policy=self._policy)

    def refuse_if_full(self) -> None:
        """Raise `LedgerFull` from the first mark on, `LedgerEvicts` where what is accepted may be deleted."""
        used, limit = self.usage()
        self.refuse_if_evicting()
        if limit and used >= ACCEPTS_BELOW * limit:
            raise LedgerFull(used=used, limit=limit)

    def allows_starts(self) -> bool:
        """Whether there is room for the results of what would be started now."""
        used, limit = self.usage()
        return not limit or used < STARTS_BELOW * limit
