"""Permits of those who listen: a stream ends soon after the key or the session that opened it."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

import structlog

from longshore.errors import LongshoreError

_EVERY: Final = 2.0
"""Seconds between two looks."""

_log = structlog.get_logger(__name__)


class Permit(Hashable, Protocol):
    """What somebody was let in by; equal where it is the same, so that it is looked at once for all."""

    def holds(self) -> bool:
        """Whether it still does. May raise LongshoreError."""
        ...


class Permits:
    """Looks at the permits of all streams while there are some, in a thread (a greenlet in the server)."""

    def __init__(self, every: float = _EVERY) -> None:
        self._every = every
        self._lock = threading.Lock()
        self._ends = defaultdict[Permit, set[Callable[[], None]]](set)
        self._running = False

    @contextmanager
    def watched(self, permit: Permit | None, end: Callable[[], None]) -> Iterator[None]:
        """Call `end` once `permit` does not hold any more; never without one."""
        if permit is None:
            yield
            return
        with self._lock:
            self._ends[permit].add(end)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="permits", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._ends[permit].discard(end)
                if not self._ends[permit]:
                    del self._ends[permit]

    def _run(self) -> None:
        while True:
            time.sleep(self._every)
            with self._lock:
                if not self._ends:
                    self._running = False
                    return
                permits = list(self._ends)
            for permit in permits:
                if not _holds(permit):
                    with self._lock:
                        ends = list(self._ends.get(permit, ()))
                    for end in ends:
                        end()


def _holds(permit: Permit) -> bool:
    try:
        return permit.holds()
    except LongshoreError:
        return True  # The ledger is away, which the stream says; it is asked again.
    except Exception:  # noqa: BLE001 - whatever it is, the thread has to go on
        _log.exception("bug", thread="permits")
        return True
