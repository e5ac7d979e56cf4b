"""The reconciler: frees tasks that nobody runs, and carries long walks over batches on."""

from typing import Final

import structlog

from longshore_ledger import Ledger

_PAUSE: Final = 0.5
_MOST_WALKS: Final = 20
"""Scripts of 500 chunks between two rounds: workers must not wait for a file of a million lines."""

log = structlog.get_logger()


class Reconciler:
    """Reaps workers without heartbeats; needs only the ledger, and so goes on while the broker is away."""

    name = "reconciler"
    needs = frozenset({"ledger"})

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def step(self) -> float:
        """Reap once, then walk."""
        reaped = self._ledger.maintenance.reap()
        if reaped.released or reaped.crashes:
            log.warning("tasks without a worker", released=reaped.released, crashes=reaped.crashes)
        walks = 0
        while walks < _MOST_WALKS and self._ledger.maintenance.walk_batches():
            walks += 1
        return 0.0 if walks == _MOST_WALKS else _PAUSE

    def close(self) -> None:
        """Nothing to tidy up."""
