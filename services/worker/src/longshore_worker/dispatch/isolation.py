"""Isolation: a suspect, a task that ran when a whole worker died, runs with nothing beside it.

So if it takes this worker along, too, nobody else is in it. It waits until what runs has ended, and meanwhile
nothing else is begun, or it would wait for ever; `Prefetch` gives the copies behind it to other workers.
"""

import time
from collections import deque
from collections.abc import Mapping
from typing import Final

from longshore_worker.dispatch.deliveries import Copy
from longshore_worker.dispatch.run import Run

_PAUSE: Final = 0.5
"""Seconds between two questions where the ledger thinks that we run something that we do not know."""


class Isolation:
    """Whether something may be begun beside what is held."""

    def __init__(self, held: Mapping[str, Run]) -> None:
        self._held = held
        self._not_before = 0.0

    @property
    def taken(self) -> bool:
        """Whether a suspect runs."""
        return len(self._held) == 1 and next(iter(self._held.values())).suspect

    def admits(self, copy: Copy) -> bool:
        """Whether the ledger may be asked about `copy` now."""
        if self.taken:
            return False
        return not copy.suspect or not (self._held or time.monotonic() < self._not_before)

    def holds_back(self, pending: deque[Copy]) -> bool:
        """Whether what was delivered waits for a suspect."""
        return bool(pending) and not self.admits(pending[0])

    def put_off(self, copy: Copy, *, suspect: bool) -> None:
        """The ledger said WAIT: because `copy` is a suspect, or because another one is begun."""
        copy.suspect = suspect
        if not self._held:
            self._not_before = time.monotonic() + _PAUSE
