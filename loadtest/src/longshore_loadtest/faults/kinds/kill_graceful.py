"""A copy is asked to end, as at every upgrade and scale-in."""

from longshore_loadtest.faults.fault import Fault, Wound, part_of
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

    def begin(self, target: Target, wound: Wound) -> None:
        """Ask it to end."""
        target.stop(wound.victim, force=False)

    def whole(self, target: Target, wound: Wound) -> bool:
        """Another is in its place."""
        return replaced(target, wound)


def replaced(target: Target, wound: Wound) -> bool:
    """Whether the victim has gone, and what should be there is."""
    there = {instance.uid for instance in target.instances(wound.victim.part)}
    return wound.victim.uid not in there and target.whole(wound.victim.part)
