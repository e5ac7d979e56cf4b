"""No copy of a part is left, and then as many as before."""

from random import Random

from msgspec.structs import replace

from longshore_loadtest.faults.fault import ActiveFault, Fault, part_of
from longshore_loadtest.targets.target import Target


class ScaledToZero(Fault):
    """`kubectl scale --replicas=0`, and back."""

    name = "scale-to-zero"
    summary = "a part scaled to zero, and back to what it was"

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says."""
        return target.lacks("scale", part_of(place))

    def prepared(self, target: Target, active_fault: ActiveFault, chance: Random) -> ActiveFault:
        """With the numbers to go back to."""
        del chance
        return replace(active_fault, replicas=target.workloads().replicas(active_fault.victim.part))

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Down to zero."""
        for workload in active_fault.replicas:
            target.workloads().scale(workload, 0)

    def heal(self, target: Target, active_fault: ActiveFault) -> None:
        """Back, where it is still at zero: somebody may have set another number since."""
        now = target.workloads().replicas(active_fault.victim.part)
        for workload, replicas in active_fault.replicas.items():
            if not now.get(workload):
                target.workloads().scale(workload, replicas)
