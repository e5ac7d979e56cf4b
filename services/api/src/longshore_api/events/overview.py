"""The channel of snapshots: one a second, the same bytes for everybody."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

from longshore_api.events import frames
from longshore_api.events.channel import Channel
from longshore_api.events.stream import Stream

_EVERY: Final = 1.0


class Newest:
    """The newest snapshot, until it is sent: an older one is of no use to anybody."""

    due = float("inf")

    def __init__(self) -> None:
        self._newest = b""

    def put(self, snapshot: bytes, _: float) -> None:
        """Take the place of what is not sent yet."""
        self._newest = snapshot

    def take(self, _: float) -> bytes:
        """What to send now."""
        newest, self._newest = self._newest, b""
        return newest

    def beat(self) -> bytes:
        """What to send when there was nothing for long."""
        return frames.BEAT


class OverviewChannel(Channel[Newest]):
    """Makes a snapshot each second while somebody listens."""

    name = "snapshots"

    def __init__(self, make: Callable[[], bytes]) -> None:
        """`make` gives a snapshot in JSON, or raises LongshoreError while the ledger is away."""
        super().__init__()
        self._make = make
        self._newest = b""
        self._next = 0.0

    def open(self) -> Stream[Newest]:
        """A stream that begins with what the whole looks like now."""
        stream = Stream(Newest())
        stream.say(frames.OPENING)
        self.join(stream)
        with self._lock:
            if self._newest and self._away is None:
                stream.offer(partial(_put, self._newest))
        return stream

    def _begin(self) -> None:
        self._look()

    def _step(self) -> float:
        now = time.monotonic()
        if now < self._next:
            return self._next - now
        self._look()
        return max(0.0, self._next - time.monotonic())

    def _look(self) -> None:
        self._next = time.monotonic() + _EVERY
        newest = frames.encoded("snapshot", self._make())
        with self._lock:
            self._newest = newest
            for stream in self._streams:
                stream.offer(partial(_put, newest))


def _put(snapshot: bytes, newest: Newest, now: float) -> None:
    newest.put(snapshot, now)
