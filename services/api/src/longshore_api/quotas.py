"""What one key may ask of one API process: requests at once, requests a second, bytes a second.

Counted here and not in the ledger: what is protected is this process, and asking the ledger about each
request would cost it more than most requests do. With n processes a key may have n times as much.
"""

import math
import time
from collections.abc import Callable
from typing import Final

from longshore.settings import Settings
from longshore_api.errors import TooMuch

_BURST: Final = 2.0
"""Seconds' worth that may come at once."""


class Bucket:
    """Fills at `rate` a second; 0 is no bound.

    What is taken may exceed what is in it: a large body is let through whole, and its sender waits then.
    """

    def __init__(self, rate: float, clock: Callable[[], float], most: float | None = None) -> None:
        """`most` is what may come at once; without it, two seconds' worth."""
        self._rate = rate
        self._clock = clock
        self._most = rate * _BURST if most is None else most
        self._level = self._most
        self._at = clock()

    def wait(self) -> float:
        """Seconds until something may be taken; 0 now."""
        if not self._rate:
            return 0.0
        now = self._clock()
        self._level = min(self._most, self._level + (now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._level >= 1 else (1 - self._level) / self._rate

    def take(self, amount: float) -> None:
        """Take it, whatever is left."""
        self._level -= amount


class Quota:
    """One key's."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._requests = Bucket(settings.key_requests, clock)
        self._bytes = Bucket(settings.key_bytes, clock)
        self._open = 0

    def begin(self) -> None:
        """One more request. Raises TooMuch, which names the limit."""
        most = self._settings.key_connections
        if most and self._open >= most:
            raise _too_much(f"{most} requests at once, event streams among them", "key_connections", 1)
        if wait := self._requests.wait():
            raise _too_much(f"{self._settings.key_requests:g} requests a second", "key_requests", wait)
        if wait := self._bytes.wait():
            raise _too_much(f"{self._settings.key_bytes} bytes a second", "key_bytes", wait)
        self._requests.take(1)
        self._open += 1

    def end(self) -> None:
        """It is answered."""
        self._open -= 1

    def read(self, size: int) -> None:
        """So many bytes of a body came."""
        self._bytes.take(size)


class Quotas:
    """Of all keys, by name. Those of keys that are revoked stay: they are few, and small."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._of: dict[str, Quota] = {}

    def of(self, key: str) -> Quota:
        """The quota of the key of that name."""
        if key not in self._of:
            self._of[key] = Quota(self._settings, self._clock)
        return self._of[key]


def _too_much(limit: str, setting: str, wait: float) -> TooMuch:
    error = TooMuch(limit=limit, setting=f"LONGSHORE_{setting.upper()}")
    error.retry_after = max(1, math.ceil(wait))
    return error
