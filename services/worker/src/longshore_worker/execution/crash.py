"""How a pool's child ended: its exit status or signal, the likely reason, and what Python said last."""

import faulthandler
import os
import signal
import tempfile
from contextlib import suppress
from typing import Final

_LONGEST: Final = 4096
"""Bytes of the last words that are kept."""
_LIKELY: Final = {
    signal.SIGKILL: "out of memory? The kernel kills what needs more than its container or machine has",
    signal.SIGSEGV: "a fault in native code",
    signal.SIGBUS: "a fault in native code, or a file it had mapped became shorter",
    signal.SIGFPE: "a fault in native code",
    signal.SIGILL: "native code for another processor",
    signal.SIGABRT: "native code gave up",
    signal.SIGXCPU: "the limit of processor time",
    signal.SIGXFSZ: "the limit of a file's size",
    signal.SIGALRM: "an alarm that the task had set, and no handler for it",
}

Status = int
"""0 and above: an exit status; below: the signal's number, negated."""


class LastWords:
    """A file that outlives a child, for what Python writes when a fatal signal ends it.

    The child that is forked next inherits the newest.
    """

    newest: "LastWords | None" = None
    """In a pool's child: its own."""

    def __init__(self) -> None:
        LastWords.newest = self
        if hasattr(os, "memfd_create"):
            self._file = os.memfd_create("longshore-last-words", os.MFD_CLOEXEC)
        else:
            with tempfile.TemporaryFile() as file:
                self._file = os.dup(file.fileno())

    def listen(self) -> None:
        """Have this process, the child, write there."""
        os.ftruncate(self._file, 0)
        faulthandler.enable(self._file)

    def take(self) -> str:
        """Read them, once; the child is gone."""
        with suppress(OSError):
            text = os.pread(self._file, _LONGEST, 0).decode("utf-8", "replace")
            return text.strip()
        return ""

    def close(self) -> None:
        """Forget them."""
        with suppress(OSError):
            os.close(self._file)


def cause(status: Status | None, last_words: str = "") -> str:
    """Say how a child ended, for its task's error: `SIGSEGV (a fault in native code)`."""
    if status is None:
        return "its process is gone"
    if status >= 0:
        said = f"its process exited with status {status}"
    else:
        try:
            number = signal.Signals(-status)
        except ValueError:
            said = f"its process was ended by signal {-status}"
        else:
            likely = _LIKELY.get(number)
            said = f"its process was ended by {number.name}" + (f" ({likely})" if likely else "")
    return f"{said}\n{last_words}" if last_words else said
