"""Whether the worker is alive: its loop turns, and deliveries are taken when there are some.

The loop takes a note each second. The metrics port's /livez says what it tells, and since a command cannot
ask without a port, it is in a file of its own process as well, for `probe` to read. A broker or a ledger that
is away is not the worker's fault.
"""

import json
import os
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:  # a probe has no time for what these import
    from longshore_worker.dispatch.in_flight import InFlight
    from longshore_worker.dispatch.isolation import Isolation
    from longshore_worker.dispatch.state import State

_STILL: Final = 20.0
"""Seconds without a turn after which a loop is dead. An attempt to connect may take a few."""
_UNTAKEN: Final = 60.0
"""Seconds for which a delivery may wait though there is room."""
_UNREPLACED: Final = 30.0
"""Seconds in which a child that takes no jobs must be gone. One that waits for a disk outlives SIGKILL."""


class Liveness:
    """Takes the notes."""

    def __init__(self, state: "State", in_flight: "InFlight", isolation: "Isolation") -> None:
        self._state = state
        self._in_flight = in_flight
        self._isolation = isolation
        self._turned: float | None = None  # before the loop's first turn, and after its last
        self._path = folder() / f"{os.getpid()}.json"
        self._waiting_since: float | None = None
        self._stalled_since: float | None = None
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)

    def beat(self) -> None:
        """The loop has come round."""
        state, now = self._state, time.monotonic()
        stuck = (
            state.inbox is not None
            and state.inbox.pending
            and not state.ledger_away
            and not state.draining
            and not self._isolation.holds_back(state.inbox.pending)
            and min(self._in_flight.room()) > 0
        )
        self._turned = now
        self._waiting_since = (self._waiting_since or now) if stuck else None
        self._stalled_since = min(state.stalled_since.values(), default=None)
        note = json.dumps(
            {"turned": now, "waiting_since": self._waiting_since, "stalled_since": self._stalled_since}
        )
        with suppress(OSError):
            part = self._path.with_suffix(".part")
            part.write_text(note)
            part.replace(self._path)

    def trouble(self) -> str | None:
        """Why the worker is not alive; None if it is. From any thread."""
        turned = self._turned
        if turned is None:
            return None
        return trouble_of("the worker", turned, self._waiting_since, self._stalled_since)

    def end(self) -> None:
        """The worker stops."""
        self._turned = None
        with suppress(OSError):
            self._path.unlink()


def folder() -> Path:
    """Where the notes of this user's workers are, `<process id>.json` each."""
    return Path(tempfile.gettempdir()) / f"longshore-worker-{os.getuid()}"


def trouble_of(
    who: str, turned: float, waiting_since: float | None, stalled_since: float | None
) -> str | None:
    """Say why a worker with these notes is not alive; None if it is."""
    now = time.monotonic()
    if now - turned > _STILL:
        return f"the loop of {who} has not turned for {now - turned:.0f} s"
    if waiting_since is not None and now - waiting_since > _UNTAKEN:
        return f"{who} takes no deliveries"
    if stalled_since is not None and now - stalled_since > _UNREPLACED:
        return f"{who} cannot replace a child that takes no jobs"
    return None
