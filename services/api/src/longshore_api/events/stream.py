"""One client's stream: filled by a channel's thread, emptied by that of the request."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Generic, Protocol, TypeVar

from longshore_api.events import frames

QUIET: Final = 15.0
"""Seconds after which nothing is said aloud."""
_PATIENCE: Final = 30.0
"""Seconds for which a client may leave unread what it was sent, while more comes."""
_LIFE: Final = 900.0
"""Seconds after which a stream ends, and its client comes back with its key: that may have been revoked."""


class Content(Protocol):
    """What is to be sent; bounded by itself, whatever comes. Times are monotonic, s."""

    def take(self, now: float) -> bytes:
        """What is to be sent now."""
        ...

    def beat(self) -> bytes:
        """What is to be sent when there was nothing for long."""
        ...

    @property
    def due(self) -> float:
        """Seconds until there is something to take if nothing else comes."""
        ...


C = TypeVar("C", bound=Content)


class Stream(Generic[C]):
    """Whoever fills it never waits for the client: one that does not read is dropped."""

    def __init__(self, content: C, clock: Callable[[], float] = time.monotonic) -> None:
        self._content = content
        self._clock = clock
        self._bell = threading.Condition()
        self._words: list[bytes] = []
        self._ended = False
        self._busy_since: float | None = None
        self._born = clock()
        self.was_dropped = False

    def offer(self, add: Callable[[C, float], None]) -> None:
        """Let `add(content, now)` put something in."""
        with self._bell:
            now = self._clock()
            if self._busy_since is not None and now - self._busy_since > _PATIENCE and not self._ended:
                self.was_dropped = True
                self._end(frames.dropped("what was sent was not read"))
            if not self._ended:
                add(self._content, now)
                self._bell.notify()

    def say(self, word: bytes) -> None:
        """Send `word` before all that is in the content."""
        with self._bell:
            if not self._ended:
                self._words.append(word)
                self._bell.notify()

    def end(self) -> None:
        """End it once what was said is sent."""
        with self._bell:
            self._end(b"")

    def __iter__(self) -> Iterator[bytes]:
        """What to send, piece by piece, until it ends."""
        while piece := self._next():
            yield piece

    def _next(self) -> bytes:
        with self._bell:
            began = self._clock()
            self._busy_since = None
            while True:
                now = self._clock()
                words, self._words = self._words, []
                piece = b"".join(words) + (b"" if self._ended else self._content.take(now))
                if not piece and not self._ended and now - began >= QUIET:
                    piece = self._content.beat()
                if now - self._born >= _LIFE and not self._ended:
                    piece += self._content.beat()
                    self._ended = True
                if piece or self._ended:
                    self._busy_since = now
                    return piece
                self._bell.wait(min(self._content.due, began + QUIET - now))

    def _end(self, last: bytes) -> None:
        if last:
            self._words = [last]
        self._ended = True
        self._bell.notify()
