"""When the relay polls the ledger for ready tasks: at once when woken, rarely when nothing happens."""

from typing import Final

_IDLE: Final = 0.25
"""Between two polls when nothing wakes it: another relay may have taken the call."""
_FULL: Final = (0.005, 0.05)
"""Between two polls while work waits that may not move (a full window, a paused queue): from, to."""
_GAP: Final = 0.001
"""Between two polls however often it is woken: a stream of single tasks is then moved in batches."""


class PollTimer:
    """Times are seconds of one clock; the caller says what time it is."""

    def __init__(self) -> None:
        self.next = 0.0
        """When to poll."""
        self._earliest = 0.0
        self._full_pause = _FULL[0]

    def polled(self, now: float, *, moved: int, waiting: int) -> None:
        """A poll moved some tasks and left others waiting."""
        if moved:
            self._full_pause = _FULL[0]
        if waiting and moved:
            self._earliest = self.next = now
        elif waiting:
            self._earliest = now + _FULL[0]
            self.next = now + self._full_pause
            self._full_pause = min(self._full_pause * 2, _FULL[1])
        else:
            self._earliest = now + _GAP
            self.next = now + _IDLE

    def hold_off(self, now: float) -> None:
        """No poll makes sense for now, whatever wakes it: the broker takes nothing."""
        self._earliest = self.next = now + _IDLE

    def wake(self) -> None:
        """Something became ready."""
        self.next = min(self.next, self._earliest)
