"""The way to the ledger: opened when it is first needed, because the API serves while the ledger is away."""

import threading
import time
from typing import Final

from longshore.errors import LedgerUnavailable
from longshore.settings import Settings
from longshore_ledger import Ledger

_PAUSE: Final = 1.0
"""Seconds in which a failed attempt speaks for the requests after it: a host that swallows packets costs two
seconds an attempt, and those must not add up behind the lock."""


class LedgerLink:
    """Opens the ledger once. A ledger that is given (a test's) is used as it is."""

    def __init__(self, settings: Settings, ledger: Ledger | None = None) -> None:
        self._settings = settings
        self._ledger = ledger
        self._lock = threading.Lock()
        self._failure: LedgerUnavailable | None = None
        self._failed_at = float("-inf")

    @property
    def ledger(self) -> Ledger:
        """The open ledger. Raises LedgerUnavailable.

        Also SchemaTooNew, LedgerTooOld and LedgerEvicts, when it is of no use.
        """
        return self._ledger or self._open()

    def close(self) -> None:
        """Close what was opened."""
        if self._ledger is not None:
            self._ledger.close()

    def _open(self) -> Ledger:
        with self._lock:
            if self._ledger is None:
                if self._failure and time.monotonic() - self._failed_at < _PAUSE:
                    raise LedgerUnavailable(**self._failure.fields)
                try:
                    self._ledger = Ledger.open(self._settings.ledger, self._settings)
                except LedgerUnavailable as error:
                    self._failure, self._failed_at = error, time.monotonic()
                    raise
            return self._ledger
