"""Retention: forgets tasks that ended long ago, or too many of them, and queues that are left without any.

Unfinished tasks it never touches, but for those whose damaged record was repaired: they go on.
"""

from typing import Final

import structlog

from longshore_ledger import Ledger

_PAUSE: Final = 30.0

log = structlog.get_logger()


class Retention:
    """Retires tasks by age, then by number, then empty queues."""

    name = "retention"
    needs = frozenset({"ledger"})

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def step(self) -> float:
        """Retire all that is due."""
        retired = self._ledger.maintenance.retire()
        if retired:
            log.info("retired finished tasks", count=retired)
        if queues := self._ledger.maintenance.retire_queues():
            log.info("retired empty queues", queues=queues)
        if damaged := self._ledger.maintenance.recheck_damaged():
            log.warning("damaged records hold up tasks", count=damaged)
        return _PAUSE

    def close(self) -> None:
        """Nothing to tidy up."""
