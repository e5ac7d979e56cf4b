"""The process inside is killed: the pod stays, its container is started again where it is."""

from random import Random

from longshore_loadtest.faults.fault import ActiveFault, Disrupting
from longshore_loadtest.faults.kinds.kill_graceful import replaced
from longshore_loadtest.targets.disruptions.kill import Kill
from longshore_loadtest.targets.target import Target


class ProcessKilled(Disrupting):
    """`kill -9` of the main process alone, as the kernel does when memory runs out."""

    name = "kill-process"
    summary = "kill -9 of the process inside"
    lasts = False
    weight = 3

    def disruption(self, target: Target, place: str, chance: Random) -> Kill:
        """Kill it."""
        del target, place, chance
        return Kill()

    def whole(self, target: Target, active_fault: ActiveFault) -> bool:
        """It was started again."""
        return replaced(target, active_fault)
