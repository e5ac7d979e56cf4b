"""The probe: is the worker alive? Its loop turns, and deliveries are taken when there are some.

The loop leaves a note each second, in a file of its own process; `longshore worker --probe` reads the notes
of this machine's workers (a container has one). A broker or a ledger that is away is not the worker's fault.
"""

import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from longshore_worker.gate import Gate

_STILL: Final = 20.0
"""Seconds without a turn after which a loop is dead. An attempt to connect may take a few."""
_UNTAKEN: Final = 60.0
"""Seconds for which a delivery may wait though there is room."""


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"longshore-worker-{os.getuid()}"


class Pulse:
    """Leaves the notes."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._path = _folder() / f"{os.getpid()}.json"
        self._waiting_since: float | None = None
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)

    def beat(self) -> None:
        """The loop has come round."""
        gate, now = self._gate, time.monotonic()
        stuck = (
            gate.inbox is not None
            and gate.inbox.pending
            and not gate.ledger_away
            and not gate.account.draining
            and min(gate.floor.room()) > 0
        )
        self._waiting_since = (self._waiting_since or now) if stuck else None
        note = json.dumps({"turned": now, "waiting_since": self._waiting_since})
        with suppress(OSError):
            part = self._path.with_suffix(".part")
            part.write_text(note)
            part.replace(self._path)

    def end(self) -> None:
        """The worker stops."""
        with suppress(OSError):
            self._path.unlink()


def probe() -> str | None:
    """Why a worker of this machine, and this user, is not alive; None if all are."""
    notes = {path: int(path.stem) for path in _folder().glob("*.json")}
    living = {path: pid for path, pid in notes.items() if _is_alive(pid)}
    for path in notes.keys() - living.keys():
        with suppress(OSError):
            path.unlink()
    if not living:
        return "no worker runs here"
    for path, pid in living.items():
        try:
            note = json.loads(path.read_text())
        except (OSError, ValueError):
            continue  # it ended this moment
        now = time.monotonic()
        if now - note["turned"] > _STILL:
            return f"the loop of process {pid} has not turned for {now - note['turned']:.0f} s"
        if note["waiting_since"] is not None and now - note["waiting_since"] > _UNTAKEN:
            return f"process {pid} takes no deliveries"
    return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
