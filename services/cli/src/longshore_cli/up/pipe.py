"""The pipe through which a part's lines come."""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_LONGEST_LINE: Final = 1 << 20
"""Bytes of a line that are passed on; of a longer one, its beginning."""
_PIECE: Final = 1 << 16
_LAST_PIECES: Final = 64
"""How much is read at most when the part is gone: what it left behind may write for ever."""


class LinePipe:
    """A pipe of our own rather than asyncio's `PIPE`.

    Before Python 3.12.4 asyncio takes a process whose pipe is still open for running: a part that died and
    left children behind would never be started again.
    """

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._begun = bytearray()
        self._cut = 0

    def hand_over(self) -> None:
        """The child has its copy of the writing end: close ours."""
        os.close(self.writing)

    def read(self, take: Callable[[str], None]) -> None:
        """Give each line to `take` as it comes, until `finish`. `take` does not raise."""
        self._take = take
        asyncio.get_running_loop().add_reader(self._reading, self._read_piece)

    def finish(self) -> None:
        """Give what has been written so far, and close.

        The end of the pipe is not waited for: a session that a task left in the background holds it open for
        as long as it likes.
        """
        for _ in range(_LAST_PIECES):
            if not self._read_piece():
                break
        self._end_line()
        asyncio.get_running_loop().remove_reader(self._reading)
        os.close(self._reading)

    def _read_piece(self) -> bool:
        """Read once. False: there is nothing to read now."""
        with suppress(BlockingIOError):
            piece = os.read(self._reading, _PIECE)
            if piece:
                first, *others = piece.split(b"\n")
                self._add(first)
                for other in others:
                    self._end_line()
                    self._add(other)
                return True
            asyncio.get_running_loop().remove_reader(
                self._reading
            )  # it ended, and would be readable for ever
        return False

    def _add(self, piece: bytes) -> None:
        fits = _LONGEST_LINE - len(self._begun)
        self._begun += piece[:fits]
        self._cut += max(len(piece) - fits, 0)

    def _end_line(self) -> None:
        text = self._begun.decode(errors="replace").rstrip()
        if self._cut:
            text += f" … and {self._cut} bytes more"
        self._begun.clear()
        self._cut = 0
        if text:
            self._take(text)
