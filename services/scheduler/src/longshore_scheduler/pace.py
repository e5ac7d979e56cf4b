"""When the relay looks at the backlog: at once when woken, rarely when nothing happens."""

from typing import Final

_IDLE: Final = 0.25
"""Between two looks when nobody rings: another relay may have swallowed the call."""
_FULL: Final = (0.005, 0.05)
"""Between two looks while work waits that may not move (a full window, a paused queue): from, to."""
_GAP: Final = 0.001
"""Between two looks however often the bell rings: a stream of single tasks is then moved in batches."""


class Pace:
    """Times are seconds of one clock; the caller says what time it is."""

    def __init__(self) -> None:
        self.next = 0.0
        """When to look."""
        self._earliest = 0.0
        self._full_pause = _FULL[0]

    def looked(self, now: float, *, moved: int, waiting: int) -> None:
        """A look moved some tasks and left others waiting."""
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

    def barred(self, now: float) -> None:
        """No look makes sense for now, whoever rings: the broker takes nothing."""
        self._earliest = self.next = now + _IDLE

    def rung(self) -> None:
        """Something became ready."""
        self.next = min(self.next, self._earliest)
