"""Standard output and error of a process that must go on without them.

Whoever read them may be gone, the disk full, the terminal closed, or the reader may have stopped reading.
What cannot be written is dropped then: neither a log line nor a task's `print` fails, and nothing waits for
ever.
"""

import errno
import io
import os
import select
import sys
from contextlib import suppress
from typing import Any, Final

_PATIENCE: Final = 1.0
"""Seconds that a reader who does not read is waited for, once; then only what it has room for is sent."""
_PIECE: Final = 4096
"""Bytes written at once: what a pipe that is ready takes without blocking."""
_GONE: Final = {errno.EPIPE, errno.EBADF, errno.EIO, errno.ECONNRESET, errno.ENXIO}


def protect_output() -> None:
    """Replace `sys.stdout` and `sys.stderr`, and open those of the three that are closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            _discard(number)
    sys.stdout = _stream(1, sys.stdout)
    sys.stderr = _stream(2, sys.stderr)


def _stream(number: int, old: Any) -> io.TextIOWrapper:
    if old is not None:
        with suppress(OSError, ValueError):
            old.flush()
    return _Unclosable(
        io.BufferedWriter(_Output(number)),
        encoding=getattr(old, "encoding", None) or "utf-8",
        errors="backslashreplace",
        line_buffering=number == 2 or bool(old is not None and old.line_buffering),
        write_through=bool(old is not None and old.write_through),
    )


class _Unclosable(io.TextIOWrapper):
    """A text stream that a task which closes `sys.stdout` does not close for the others."""

    def close(self) -> None:
        self.flush()


class _Output(io.RawIOBase):
    """Writes to a descriptor what can be written."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._patience = _PATIENCE
        self._ready = select.poll()
        self._ready.register(number, select.POLLOUT)

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Write the beginning of `data`, or nothing at all; returns how much is dealt with."""
        if not self._ready.poll(self._patience * 1000):
            self._patience = 0.0
            return len(data)
        self._patience = _PATIENCE
        try:
            return os.write(self._number, memoryview(data)[:_PIECE])
        except OSError as error:
            if error.errno in _GONE:
                _discard(self._number)
            return len(data)

    def close(self) -> None:
        """Never: the descriptor is the process' own."""


def _discard(number: int) -> None:
    """Have what is written to a descriptor go nowhere, from the programs that tasks start, too."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
