"""What was missed: the events between two ids, read once for all clients that come back at a time.

An API that was restarted meets all its clients again within a second. Each of them reading ten thousand
events from the ledger was rejected: it took five hundred of them half a minute.
"""

import threading
import time
from bisect import bisect_right
from typing import Final

from longshore_api.events.filter import Filter
from longshore_ledger.events import Events, position
from longshore_ledger.shapes import Event

MOST: Final = 1000
"""Events that a client is sent when it comes back. Looking at things anew is cheaper than reading more."""
_BATCH: Final = 1000
_START: Final = "0-0"
_KEPT: Final = 20_000
"""More than the ledger keeps."""
_FORGET: Final = 30.0
"""Seconds after which what was read is not kept any longer."""


class Past:
    """The kept events, as far as they have been asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._places: list[tuple[int, int]] = []
        self._behind = self._until = _START
        self._asked_at = float("-inf")

    def missed(self, source: Events, after: str, until: str, filter: Filter) -> list[Event] | None:
        """Events that match, behind `after` up to `until`; None where there are too many. May raise."""
        with self._lock:
            self._read(source, after, until)
            first = bisect_right(self._places, position(after))
            last = bisect_right(self._places, position(until))
            events = self._events[first:last]
        found = [event for event in events if filter.matches(event)]
        return None if len(found) > MOST else found

    def forget(self) -> None:
        """Let go of it when nobody has asked for long, so that some megabytes are not kept for nothing."""
        if self._events and self._is_old():
            self.clear()

    def clear(self) -> None:
        """Let go of it now."""
        with self._lock:
            self._events, self._places = [], []

    def _is_old(self) -> bool:
        return time.monotonic() - self._asked_at > _FORGET

    def _read(self, source: Events, after: str, until: str) -> None:
        if not self._events or self._is_old():
            self._events, self._places, self._behind, self._until = [], [], after, after
        self._asked_at = time.monotonic()
        # On both sides what is lacking, and no more: all that the ledger keeps would be some megabytes.
        earlier = _between(source, after, self._behind)
        later = _between(source, self._until, until)
        self._events = [*earlier, *self._events, *later][-_KEPT:]
        self._places = [*map(_place, earlier), *self._places, *map(_place, later)][-_KEPT:]
        self._behind = min(after, self._behind, key=position)
        self._until = max(until, self._until, key=position)


def _between(source: Events, after: str, until: str) -> list[Event]:
    found: list[Event] = []
    while position(after) < position(until):
        found += (batch := source.between(after, until, _BATCH))
        if len(batch) < _BATCH:
            break
        after = batch[-1].id
    return found


def _place(event: Event) -> tuple[int, int]:
    return position(event.id)
