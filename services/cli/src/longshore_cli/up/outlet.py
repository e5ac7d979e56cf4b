"""Where the log goes: a terminal, a file or a pipe, which may be slow, stopped or gone."""

import io
import os
import select
import threading
import time
from collections import deque
from typing import Final, TextIO

_ROOM: Final = 8 << 20
"""Bytes that may wait to be written."""


class Outlet(io.TextIOBase):
    """A stream that neither blocks nor raises.

    A thread of its own writes. So a terminal that was stopped by Ctrl-S, or a pipe that nobody reads, holds
    up neither signals nor the parts; one that was closed takes nothing more, and everything else goes on.
    """

    def __init__(self, stream: TextIO | None) -> None:
        """Write to the descriptor of `stream`; None, which a closed stdout is to Python, drops everything."""
        super().__init__()
        self._descriptor = None if stream is None else stream.fileno()
        self._terminal = self._descriptor if self.isatty() else None
        self._encoding = (stream and stream.encoding) or "utf-8"
        self._changed = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self._lost = 0
        self._finishing = False
        self._thread = threading.Thread(target=self._write_all, name="log outlet", daemon=True)
        self._thread.start()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """That of the stream: what it cannot say is escaped."""
        return self._encoding

    def is_hung_up(self) -> bool:
        """Whether it was a terminal that is gone."""
        if self._terminal is None:
            return False
        poll = select.poll()
        poll.register(self._terminal, 0)
        return bool(poll.poll(0))  # asked for nothing, it tells errors and hang-ups alone

    def isatty(self) -> bool:
        """Whether people look at it."""
        return self._descriptor is not None and os.isatty(self._descriptor)

    def write(self, text: str) -> int:
        """Have `text` written as soon as it can be; dropped, and counted, when too much waits already."""
        data = text.encode(self._encoding, errors="backslashreplace")
        with self._changed:
            if self._size + len(data) > _ROOM:
                self._lost += 1
            elif self._descriptor is not None:
                self._waiting.append(data)
                self._size += len(data)
                self._changed.notify_all()
        return len(text)

    def take_lost(self) -> int:
        """How many writes were dropped since this was last asked; 0 while there is still no room."""
        with self._changed:
            if self._size > _ROOM // 2:
                return 0
            lost, self._lost = self._lost, 0
            return lost

    def finish(self, within: float) -> None:
        """Write what waits, for up to `within` s."""
        until = time.monotonic() + within
        with self._changed:
            self._finishing = True
            self._changed.notify_all()
        self._thread.join(max(until - time.monotonic(), 0.0))

    def _write_all(self) -> None:
        while (data := self._next()) is not None:
            try:
                self._write_one(data)
            except OSError:  # the terminal was closed, the reader of the pipe went away, the disk is full
                with self._changed:
                    self._descriptor = None
                    self._waiting.clear()
                    self._size = 0
                return
            with self._changed:
                self._size -= len(data)

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._finishing)
            return self._waiting.popleft() if self._waiting else None

    def _write_one(self, data: bytes) -> None:
        descriptor = self._descriptor
        assert descriptor is not None, "nothing waits for a stream that is not there"
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(descriptor, left) :]
            except BlockingIOError:  # somebody who shares the descriptor made it non-blocking
                select.select([], [descriptor], [], 1.0)
