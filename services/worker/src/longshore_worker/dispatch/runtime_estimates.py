"""Estimates of how long tasks of a name usually take, and so how many go into one job.

The mean is geometric: it says what is usual. One run of 30 s among thousands of 20 us moves it by a factor
of 16, not of 300,000, and it need not be exact: the watchdog takes back whatever waits behind a slow one.
"""

import math
from typing import Final

JOB_SECONDS: Final = 0.01
"""Work that a job is filled with: enough to hide the way to the child and back."""
MOST_IN_JOB: Final = 32
BRIEF: Final = 5 * JOB_SECONDS
"""Tasks that usually take less than this may be sent to a child that is not free yet."""
LONG: Final = 1.0
"""Tasks that usually take more than this are never fetched before a child is free."""

_UNKNOWN: Final = JOB_SECONDS
_LEAST: Final = JOB_SECONDS / MOST_IN_JOB
_WEIGHT: Final = 0.2


class RuntimeEstimates:
    """Run times by name, learnt from outcomes. Names are of tasks, or of queues for a mix of tasks."""

    def __init__(self) -> None:
        self._logs: dict[str, float] = {}
        # Worked out when asked for: there are many more runs than questions.
        self._costs: dict[str, float] = {}

    def observe(self, name: str, seconds: float) -> None:
        """A run of `name` took so long."""
        log = math.log(max(seconds, 1e-6))
        known = self._logs.get(name)
        self._logs[name] = log if known is None else known + _WEIGHT * (log - known)
        self._costs.pop(name, None)

    def usual(self, name: str) -> float | None:
        """What a run of `name` usually takes, s; None if there was none yet."""
        log = self._logs.get(name)
        return None if log is None else math.exp(log)

    def cost(self, name: str) -> float:
        """What to reckon with, s: never less than lets `MOST_IN_JOB` fill a job."""
        cost = self._costs.get(name)
        if cost is None:
            usual = self.usual(name)
            cost = self._costs[name] = _UNKNOWN if usual is None else max(usual, _LEAST)
        return cost

    def is_short(self, name: str) -> bool:
        """Whether several of them go into one job."""
        return self.cost(name) < JOB_SECONDS

    def is_brief(self, name: str) -> bool:
        """Whether one may wait behind another in a child's queue without anybody noticing."""
        usual = self.usual(name)
        return usual is not None and usual < BRIEF
