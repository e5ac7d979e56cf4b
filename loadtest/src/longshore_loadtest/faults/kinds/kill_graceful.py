"""A copy is asked to end, as at every upgrade and scale-in."""

from longshore_loadtest.faults.fault import ActiveFault, Fault, part_of
from longshore_loadtest.targets.target import Target


class KilledGracefully(Fault):
    """`kubectl delete pod`; SIGTERM to the process."""

    name = "kill-graceful"
    summary = "a pod deleted, a process asked to end: what runs there may finish"
    lasts = False
    weight = 3

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says."""
        return target.lacks("stop", part_of(place))

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Ask it to end."""
        target.stop(active_fault.victim, force=False)

    def whole(self, target: Target, active_fault: ActiveFault) -> bool:
        """Another is in its place."""
        return replaced(target, active_fault)


def replaced(target: Target, active_fault: ActiveFault) -> bool:
    """Whether the victim has gone, and what should be there is."""
    there = {instance.uid for instance in target.instances(active_fault.victim.part)}
    return active_fault.victim.uid not in there and target.whole(active_fault.victim.part)
