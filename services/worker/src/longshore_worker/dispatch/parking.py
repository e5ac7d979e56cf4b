"""Messages that are no copies of ours and copies that the ledger does not know: kept for an operator."""

from typing import Any, Final

import structlog

from longshore.errors import LongshoreError
from longshore_ledger.runs import Runs
from longshore_worker.dispatch.deliveries import Inbox

_PAUSE: Final = 10.0
"""Seconds until it is tried again after the ledger could not take them."""

log = structlog.get_logger()


class Parking:
    """Each is acknowledged when it is on record."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._waiting: dict[str, tuple[Inbox, Any, bytes]] = {}
        self._again_at = 0.0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, inbox: Inbox, tag: Any, name: str, message: bytes) -> None:
        """Keep `message` under `name`; `tag` is its delivery's."""
        self._waiting[name] = inbox, tag, message

    def park(self, now: float) -> bool:
        """Record what waits; False where there is nothing to do now. Raises LongshoreError."""
        if not self._waiting or now < self._again_at:
            return False
        try:
            left_out = self._runs.park({name: message for name, (_, _, message) in self._waiting.items()})
        except LongshoreError:
            raise
        except Exception:
            log.exception("nothing can be parked", waiting=len(self._waiting), seconds=_PAUSE)
            self._again_at = now + _PAUSE
            return False
        for name in left_out:
            message = self._waiting[name][2].decode()
            log.error("too much is parked; a message is in this log alone", parked=name, message=message)
        for inbox, tag, _ in self._waiting.values():
            inbox.settle(tag)
        self._waiting.clear()
        return True
