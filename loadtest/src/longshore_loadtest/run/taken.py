"""The memory and processor that processes of this machine take, as /proc shows them."""

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from longshore_loadtest.targets.processes import Process

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Processes:
    """Looks at processes again and again: cores are what was used since the look before."""

    def __init__(self) -> None:
        self._at = self._before = 0.0
        self._used: dict[str, float] = {}
        self._last: dict[str, float] = {}

    def begin(self) -> None:
        """Another look."""
        self._before, self._at = self._at, time.monotonic()
        self._last, self._used = self._used, {}

    def taken(self, uid: str) -> tuple[float, float | None] | None:
        """Bytes and cores of a process with its children, or None: it is gone. No cores at the first look."""
        family = Process.of(uid).family()
        used = {one.uid: seconds for one in family if (seconds := _used(one)) is not None}
        self._used |= used
        memory = sum(_pss(one) for one in family)
        if not memory:
            return None
        if not self._before:
            return memory, None
        since = self._at - self._before
        gained = 0.0
        for one in family:
            if one.uid in used and (one.uid in self._last or one.age() <= since):
                gained += used[one.uid] - self._last.get(one.uid, 0.0)
        return memory, gained / since


def _used(process: Process) -> float | None:
    """Seconds of processor since it began; None when it is gone."""
    try:
        text = Path(f"/proc/{process.pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # From the state on: the name before it may hold anything.
    fields = text.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _pss(process: Process) -> float:
    """Bytes, each page that several share counted once."""
    with suppress(OSError):
        text = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        return next(
            (int(line.split()[1]) * 1024.0 for line in text.splitlines() if line.startswith("Pss:")), 0.0
        )
    return 0.0
