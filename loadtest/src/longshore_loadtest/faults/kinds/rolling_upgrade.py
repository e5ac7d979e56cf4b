"""Every copy of a part is replaced, one after another."""

from longshore_loadtest.faults.fault import ActiveFault, Fault, part_of
from longshore_loadtest.targets.target import Target


class RollingUpgrade(Fault):
    """`kubectl rollout restart`: all that an upgrade does, but for the image."""

    name = "rolling-upgrade"
    summary = "every pod of a part replaced in turn, as by an upgrade"
    lasts = False

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says."""
        return target.lacks("roll", part_of(place))

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Begin to replace them."""
        target.workloads().roll(active_fault.victim.part)
