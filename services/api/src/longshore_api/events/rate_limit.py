"""How fast a client is told: twenty events a second, and beyond that each task's newest state."""

from collections.abc import Callable, Sequence
from typing import Final

from longshore_api.events import frames
from longshore_ledger.shapes import Event

RATE: Final = 20.0
"""Events a second; nobody reads faster."""
BURST: Final = 20
"""Events that may come at once after a while of fewer."""
HELD: Final = 100
"""Tasks whose newest state is kept until there is room for it: five seconds' worth. Of more, the newest."""
_GULP: Final = 0.25
"""Seconds for which room is gathered: four writes a second instead of twenty."""
_COUNT: Final = 1.0
"""Seconds between two words of how much was left out."""


class RateLimited:
    """What one client is still to hear of tasks. Bounded, however much comes. Times are monotonic, s.

    `heard` tells the id up to which everything was offered to it.
    """

    def __init__(self, heard: Callable[[], str]) -> None:
        self._heard = heard
        self._room = float(BURST)
        self._room_at = 0.0
        self._ready: list[Event] = []
        self._held: dict[str, Event] = {}
        self._skipped = 0
        self._counted_at = float("-inf")
        self._said = ""

    def add(self, events: Sequence[Event], now: float) -> None:
        """Take in events."""
        self._gather(now)
        for event in events:
            if self._room >= 1 and not self._held:
                self._room -= 1
                self._ready.append(event)
            else:
                self._hold(event)

    def take(self, now: float) -> bytes:
        """What to send now."""
        self._gather(now)
        if self._room >= min(RATE * _GULP, len(self._held)):
            self._release()
        told = b"".join(map(frames.of_task, self._ready))
        if self._ready:
            self._said = self._ready[-1].id
        self._ready = []
        if self._skipped and now - self._counted_at >= _COUNT:
            told += frames.skipped(self._skipped)
            self._skipped, self._counted_at = 0, now
        return told

    def beat(self) -> bytes:
        """What to send when there was nothing for long: how far the client is, to resume there."""
        heard = self._heard()
        if self._held or heard == self._said:
            return frames.BEAT
        self._said = heard
        return frames.at(heard) + frames.BEAT

    def clear(self) -> None:
        """Forget what is held: the client hears of it otherwise."""
        self._ready, self._held, self._skipped = [], {}, 0

    @property
    def due(self) -> float:
        """Seconds until there is something to send if nothing else comes."""
        if self._held:
            return _GULP
        return _COUNT if self._skipped else float("inf")

    def _gather(self, now: float) -> None:
        self._room = min(float(BURST), self._room + (now - self._room_at) * RATE)
        self._room_at = now

    def _release(self) -> None:
        while self._held and self._room >= 1:
            self._room -= 1
            self._ready.append(self._held.pop(next(iter(self._held))))

    def _hold(self, event: Event) -> None:
        # Out and in again: what is held stays in the order of ids, and a client resumes behind the last.
        if self._held.pop(event.task_id, None):
            self._skipped += 1
        self._held[event.task_id] = event
        if len(self._held) > HELD:
            del self._held[next(iter(self._held))]
            self._skipped += 1
