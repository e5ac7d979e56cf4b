"""A copy is there, holds its connections, and does nothing."""

from random import Random

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.freeze import Freeze
from longshore_loadtest.targets.target import Target


class Frozen(Disrupting):
    """SIGSTOP, and SIGCONT when it is over: a VM that is paused, a machine that swaps."""

    name = "freeze"
    summary = "SIGSTOP to the process and its children, SIGCONT later"

    def disruption(self, target: Target, place: str, chance: Random) -> Freeze:
        """Freeze it."""
        del target, place, chance
        return Freeze()
