"""Standard input, output and error of a pool's child, and what it needs to put them back after a task."""

import fcntl
import os
import select
import sys
from typing import Final

_STREAMS: Final = ("stdin", "stdout", "stderr")


class Unrestored(Exception):
    """Something that cannot be put back; the message says what."""


class Streams:
    """Those of this process, as they are now. `others` are descriptors without which it cannot go on."""

    def __init__(self, *others: int) -> None:
        self._streams = [getattr(sys, name) for name in _STREAMS]
        self._descriptors = [_kept(number) for number in range(3)]
        self._files = [_identity(number) for number in range(3)]
        self._open = select.poll()
        for number in (0, 1, 2, *others, *filter(None, self._descriptors)):
            self._open.register(number, 0)
        self._closed = {number for number, event in self._open.poll(0) if event & select.POLLNVAL}

    def troubles(self) -> list[tuple[int, int]]:
        """Descriptors that are closed, or have nobody at the other end. One system call."""
        return self._open.poll(0)

    def restore(self, *, closely: bool) -> bool:
        """Put back what was closed or replaced; whether there was something. Raises Unrestored."""
        closed = {number for number, event in self._open.poll(0) if event & select.POLLNVAL} - self._closed
        if closed - {0, 1, 2}:
            raise Unrestored("file descriptors of the worker, which were closed")
        if closely:
            closed |= {number for number in range(3) if _identity(number) != self._files[number]}
        for number in closed:
            kept = self._descriptors[number]
            if kept is None:
                os.close(number)
            else:
                os.dup2(kept, number)
        found = bool(closed)
        for number, (name, stream) in enumerate(zip(_STREAMS, self._streams, strict=True)):
            if getattr(sys, name) is not stream or getattr(stream, "closed", False):
                found = True
                self._restore_stream(number, name)
        return found

    def _restore_stream(self, number: int, name: str) -> None:
        stream = self._streams[number]
        if getattr(stream, "closed", False) and self._descriptors[number] is not None:
            mode = "r" if name == "stdin" else "w"
            stream = os.fdopen(number, mode, encoding="utf-8", errors="backslashreplace", closefd=False)
            self._streams[number] = stream
        setattr(sys, name, stream)


def _kept(number: int) -> int | None:
    """Return a copy of a descriptor, out of the way of whoever closes the first few; None: it is closed."""
    try:
        return fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 64)
    except OSError:
        return None


def _identity(number: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(number)
    except OSError:
        return None
    return found.st_dev, found.st_ino
