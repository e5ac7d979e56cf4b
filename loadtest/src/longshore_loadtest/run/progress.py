"""A line now and then of how it goes, for whoever looks on."""

import time
from typing import Final

from longshore.client.events import Snapshot
from longshore.states import TO_BE_STARTED

_EVERY: Final = 5.0


class Progress:
    """Prints. Seconds count from here."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._shown_at = self._began

    def say(self, what: str) -> None:
        """Print a line with the time."""
        print(f"{time.monotonic() - self._began:6.0f} s  {what}", flush=True)

    def show(self, snapshot: Snapshot | None) -> None:
        """Print how it goes, if the last time was long enough ago."""
        if time.monotonic() - self._shown_at < _EVERY:
            return
        self._shown_at = time.monotonic()
        if snapshot is None:
            self.say("the API does not answer")
            return
        states = snapshot.states
        waiting = sum(states.get(state, 0) for state in TO_BE_STARTED)
        self.say(
            f"{snapshot.rates.submitted:6.1f}/s in  {snapshot.rates.succeeded:6.1f}/s done  "
            f"{waiting:6} waiting  {states.get('STARTED', 0):4} running  {snapshot.workers.alive} workers"
        )
