"""Retention: forgets tasks that ended long ago, or too many of them. Unfinished ones it never touches."""

from typing import Final

import structlog

from longshore.ledger import Ledger

_PAUSE: Final = 30.0

log = structlog.get_logger()


class Retention:
    """Retires by age, then by number."""

    name = "retention"
    needs = frozenset({"ledger"})

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def step(self) -> float:
        """Retire all that is due."""
        retired = self._ledger.upkeep.retire()
        if retired:
            log.info("retired finished tasks", count=retired)
        return _PAUSE

    def close(self) -> None:
        """Nothing to tidy up."""
