"""The memory and processor that processes of this machine take, as /proc shows them."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from longshore_loadtest.targets.processes import Process

_ROUNDED: Final = 0.02
"""Seconds that an age may be too much, told in clock ticks."""


class Meter:
    """Looks at processes again and again: cores are what was used since the look before."""

    def __init__(self) -> None:
        self._at = self._before = 0.0
        self._used: dict[Process, float] = {}
        self._last: dict[Process, float] = {}

    def begin(self) -> None:
        """Another look."""
        self._before, self._at = self._at, time.monotonic()
        self._last, self._used = self._used, {}

    def taken(self, uid: str) -> tuple[float, float | None] | None:
        """Bytes and cores of a process with its children, or None: it is gone.

        No cores where the look before did not see all of them that were there then.
        """
        main = Process.of(uid)
        used = {one: seconds for one in main.family() if (seconds := one.used()) is not None}
        self._used |= used
        memory = sum(map(_pss, used))
        if main not in used or not memory:
            return None
        young = time.monotonic() - self._before + _ROUNDED
        if not self._before or any(one not in self._last and one.age() > young for one in used):
            return memory, None
        gained = sum(seconds - self._last.get(one, 0.0) for one, seconds in used.items())
        return memory, gained / (self._at - self._before)


def _pss(process: Process) -> float:
    """Bytes, each page that several share counted once."""
    with suppress(OSError):
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        return next(
            (int(line.split()[1]) * 1024.0 for line in text.splitlines() if line.startswith("Pss:")), 0.0
        )
    return 0.0
