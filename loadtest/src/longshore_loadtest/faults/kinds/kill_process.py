"""The process inside is killed: the pod stays, its container is started again where it is."""

from random import Random

from longshore_loadtest.faults.fault import Injuring, Wound
from longshore_loadtest.faults.kinds.kill_graceful import replaced
from longshore_loadtest.targets.injuries.kill import Kill
from longshore_loadtest.targets.target import Target


class ProcessKilled(Injuring):
    """`kill -9` of the main process alone, as the kernel does when memory runs out."""

    name = "kill-process"
    summary = "kill -9 of the process inside"
    lasts = False
    weight = 3

    def injury(self, target: Target, place: str, chance: Random) -> Kill:
        """Kill it."""
        del target, place, chance
        return Kill()

    def whole(self, target: Target, wound: Wound) -> bool:
        """It was started again."""
        return replaced(target, wound)
