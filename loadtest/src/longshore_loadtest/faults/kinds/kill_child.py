"""A child of a worker's pool is killed in the middle of its task."""

from random import Random

from longshore_loadtest.faults.fault import Disrupting
from longshore_loadtest.targets.disruptions.kill import KillChild
from longshore_loadtest.targets.target import Target


class ChildKilled(Disrupting):
    """`kill -9` of one child. Its task counts a crash; the worker starts another child."""

    name = "kill-child"
    summary = "kill -9 of one process of a worker's pool"
    places = ("worker",)
    lasts = False

    def disruption(self, target: Target, place: str, chance: Random) -> KillChild:
        """Kill one."""
        del target, place
        return KillChild(chance=chance.getrandbits(31))
