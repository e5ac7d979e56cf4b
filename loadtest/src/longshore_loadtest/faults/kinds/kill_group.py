"""A worker and everything below it are killed in one moment, as by the kernel when memory is used up."""

from random import Random

from longshore_loadtest.faults.fault import ActiveFault, Disrupting
from longshore_loadtest.faults.kinds.kill_graceful import replaced
from longshore_loadtest.targets.disruptions.kill import KillGroup
from longshore_loadtest.targets.target import Target


class GroupKilled(Disrupting):
    """Kubernetes kills the whole group (`memory.oom.group`): nobody is left to say which task it was."""

    name = "kill-group"
    summary = "kill -9 of a worker, its pool and all below: an OOM kill of the group"
    places = ("worker",)
    lasts = False

    def disruption(self, target: Target, place: str, chance: Random) -> KillGroup:
        """Kill them."""
        del target, place, chance
        return KillGroup()

    def whole(self, target: Target, active_fault: ActiveFault) -> bool:
        """It was started again."""
        return replaced(target, active_fault)
