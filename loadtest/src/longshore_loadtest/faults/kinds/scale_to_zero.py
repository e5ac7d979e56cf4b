"""No copy of a part is left, and then as many as before."""

from random import Random

from msgspec.structs import replace

from longshore_loadtest.faults.fault import Fault, Wound, part_of
from longshore_loadtest.targets.target import Target


class ScaledToZero(Fault):
    """`kubectl scale --replicas=0`, and back."""

    name = "scale-to-zero"
    summary = "a part scaled to zero, and back to what it was"

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says."""
        return target.lacks("scale", part_of(place))

    def prepared(self, target: Target, wound: Wound, chance: Random) -> Wound:
        """With the numbers to go back to."""
        del chance
        return replace(wound, replicas=target.workloads().replicas(wound.victim.part))

    def begin(self, target: Target, wound: Wound) -> None:
        """Down to zero."""
        for workload in wound.replicas:
            target.workloads().scale(workload, 0)

    def heal(self, target: Target, wound: Wound) -> None:
        """Back, where it is still at zero: somebody may have set another number since."""
        now = target.workloads().replicas(wound.victim.part)
        for workload, replicas in wound.replicas.items():
            if not now.get(workload):
                target.workloads().scale(workload, replicas)
