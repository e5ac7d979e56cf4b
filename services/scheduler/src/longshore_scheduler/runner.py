"""Runs the loops, each in a thread, each brought back after a pause when what it needs is away."""

import contextvars
import threading
import time
from collections.abc import Sequence
from typing import Final

import structlog

from longshore_scheduler.backoff import Backoff
from longshore_scheduler.loop import Loop
from longshore_scheduler.outages import AWAY, Outages

_STOP_SECONDS: Final = 10.0
_STILL_SECONDS: Final = 60.0
"""A step that takes longer hangs. What is away takes no step longer than a few seconds."""

log = structlog.get_logger()


class Runner:
    """Starts the loops and stops them in the order given: the relay first, so that it can hand back."""

    def __init__(self, loops: Sequence[Loop]) -> None:
        outages = Outages()
        self._drives = [_Drive(loop, outages) for loop in loops]

    def start(self) -> None:
        """Start every loop."""
        for drive in self._drives:
            drive.start()

    def stop(self) -> None:
        """Stop loop after loop; one that hangs is left behind after ten seconds."""
        for drive in self._drives:
            drive.stop()

    def trouble(self) -> str | None:
        """Which loop hangs; None if all of them come round."""
        now = time.monotonic()
        for drive in self._drives:
            late = now - drive.due_at
            if late > _STILL_SECONDS:
                return f"the loop {drive.name} has not come round for {late:.0f} s"
        return None


class _Drive:
    """One loop's thread."""

    def __init__(self, loop: Loop, outages: Outages) -> None:
        self.name = loop.name
        self.due_at = time.monotonic()
        """When the step began that it is in, or the next one is to begin."""
        self._loop = loop
        self._outages = outages
        self._backoff = Backoff()
        self._stopping = threading.Event()
        context = contextvars.copy_context()  # what the log says in every line of this process
        self._thread = threading.Thread(target=lambda: context.run(self._run), name=loop.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            log.error("loop does not stop", loop=self._loop.name)

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = self._step()
            self.due_at = time.monotonic() + pause
            if pause:
                self._stopping.wait(pause)
        self._loop.close()

    def _step(self) -> float:
        name = self._loop.name
        try:
            pause = self._loop.step()
        except tuple(AWAY) as error:
            self._outages.began(AWAY[type(error)], name, error.fields["reason"])
        except Exception:
            # A defect that one task brings out must not end the loop: others want their turn.
            log.exception("loop failed", loop=name)
        else:
            self._backoff.reset()
            for what in self._loop.needs:
                self._outages.ended(what, name)
            return pause
        return self._backoff.next()
