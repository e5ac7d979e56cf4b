"""One line in the log when something goes away, one when it is back, however many loops notice."""

import threading
import time
from dataclasses import dataclass, field
from typing import Final

import structlog

from longshore.errors import BrokerUnavailable, LedgerUnavailable, LongshoreError
from longshore_scheduler.kubernetes import KubernetesUnavailable

AWAY: Final[dict[type[LongshoreError], str]] = {
    LedgerUnavailable: "ledger",
    BrokerUnavailable: "broker",
    KubernetesUnavailable: "kubernetes",
}
"""Errors that are outages, and of what."""

log = structlog.get_logger()


@dataclass
class _Outage:
    began: float
    sufferers: set[str] = field(default_factory=set)


class Outages:
    """Who misses what. An outage ends when the last loop that noticed it has recovered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._outages: dict[str, _Outage] = {}

    def began(self, what: str, loop: str, reason: str) -> None:
        """A loop missed something."""
        with self._lock:
            if what not in self._outages:
                log.warning("away", what=what, reason=reason)
                self._outages[what] = _Outage(time.monotonic())
            self._outages[what].sufferers.add(loop)

    def ended(self, what: str, loop: str) -> None:
        """A loop got what it needs."""
        with self._lock:
            outage = self._outages.get(what)
            if outage:
                outage.sufferers.discard(loop)
                if not outage.sufferers:
                    del self._outages[what]
                    away = round(time.monotonic() - outage.began, 1)
                    log.info("back", what=what, away_seconds=away)
