"""The pipe through which a part's lines come."""

import asyncio
import os
from collections.abc import Callable
from typing import Final

_LONGEST_LINE: Final = 1 << 20


class LinePipe:
    """A pipe of our own rather than asyncio's `PIPE`.

    Before Python 3.12.4 asyncio takes a process whose pipe is still open for running: a part that died and
    left children behind would never be started again.
    """

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()

    def hand_over(self) -> None:
        """The child has its copy of the writing end: close ours."""
        os.close(self.writing)

    async def read(self, take: Callable[[str], None]) -> None:
        """Give each line to `take` until everybody who could write has gone."""
        stream = asyncio.StreamReader(limit=_LONGEST_LINE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(self._reading, "rb")
        )
        try:
            while True:
                try:
                    line = await stream.readline()
                except ValueError:  # longer than any line of a log has a right to be: dropped
                    continue
                if not line:
                    return
                if text := line.decode(errors="replace").rstrip():
                    take(text)
        finally:
            transport.close()
