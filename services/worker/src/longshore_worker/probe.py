"""The probe: is the worker alive? Its loop turns, and deliveries are taken when there are some.

The loop takes a note each second. The metrics port's /livez says what it tells, and since a command cannot
ask without a port, it is in a file of its own process as well: `longshore worker --probe` reads those of this
machine's workers (a container has one). A broker or a ledger that is away is not the worker's fault.
"""

import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from longshore_worker.gate import Gate

_STILL: Final = 20.0
"""Seconds without a turn after which a loop is dead. An attempt to connect may take a few."""
_UNTAKEN: Final = 60.0
"""Seconds for which a delivery may wait though there is room."""


def _folder() -> Path:
    return Path(tempfile.gettempdir()) / f"longshore-worker-{os.getuid()}"


class Pulse:
    """Takes the notes."""

    def __init__(self, gate: "Gate") -> None:
        self._gate = gate
        self._turned: float | None = None  # before the loop's first turn, and after its last
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
        self._turned = now
        self._waiting_since = (self._waiting_since or now) if stuck else None
        note = json.dumps({"turned": now, "waiting_since": self._waiting_since})
        with suppress(OSError):
            part = self._path.with_suffix(".part")
            part.write_text(note)
            part.replace(self._path)

    def trouble(self) -> str | None:
        """Why the worker is not alive; None if it is. From any thread."""
        turned = self._turned
        return None if turned is None else _trouble("the worker", turned, self._waiting_since)

    def end(self) -> None:
        """The worker stops."""
        self._turned = None
        with suppress(OSError):
            self._path.unlink()


def probe() -> str | None:
    """Why a worker of this machine, and this user, is not alive; None if all are."""
    notes = {path: int(path.stem) for path in _folder().glob("*.json")}
    living = {path: pid for path, pid in notes.items() if is_alive(pid)}
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
        trouble = _trouble(f"process {pid}", note["turned"], note["waiting_since"])
        if trouble is not None:
            return trouble
    return None


def _trouble(who: str, turned: float, waiting_since: float | None) -> str | None:
    now = time.monotonic()
    if now - turned > _STILL:
        return f"the loop of {who} has not turned for {now - turned:.0f} s"
    if waiting_since is not None and now - waiting_since > _UNTAKEN:
        return f"{who} takes no deliveries"
    return None


def is_alive(pid: int) -> bool:
    """Whether there is such a process, ours or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
