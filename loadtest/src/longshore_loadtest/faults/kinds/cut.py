"""Two parts cannot reach each other; both live."""

from random import Random

from msgspec.structs import replace

from longshore_loadtest.faults.fault import ActiveFault, Fault, part_of
from longshore_loadtest.faults.proxy.control import Toxics, lacks_proxy, tell
from longshore_loadtest.faults.ways import WAYS
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import Instance, Target


class NetworkCut(Fault):
    """What the one sends the other is dropped without an answer, on connections that exist, too.

    By nftables where there are no proxies on the way; else the proxy passes nothing on.
    """

    name = "cut"
    summary = "no packet passes between two parts"
    places = WAYS

    def lacks(self, target: Target, place: str) -> str | None:
        """A proxy on the way, or a target that can cut there."""
        if target.proxy(place):
            return lacks_proxy(target, place)
        try:
            part, disruption = target.cutting(place)
        except Impossible as reason:
            return str(reason)
        if missing := target.lacks("disrupt", part):
            return missing
        reasons = [target.unfit(instance, disruption) for instance in target.instances(part)]
        return reasons[0] if reasons and all(reasons) else None

    def victims(self, target: Target, place: str) -> list[Instance]:
        """Of the part that it is done to."""
        part = part_of(place) if target.proxy(place) else target.cutting(place)[0]
        return target.instances(part)

    def prepared(self, target: Target, active_fault: ActiveFault, chance: Random) -> ActiveFault:
        """With the disruption, unless a proxy does it."""
        del chance
        if target.proxy(active_fault.place):
            return active_fault
        return replace(
            active_fault,
            disruption=target.prepared(active_fault.victim, target.cutting(active_fault.place)[1]),
        )

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Cut."""
        if active_fault.disruption is None:
            tell(target, active_fault.place, Toxics(cut=True, seconds=active_fault.seconds))
        else:
            target.disrupt(
                active_fault.id, active_fault.victim, active_fault.disruption, active_fault.seconds
            )

    def heal(self, target: Target, active_fault: ActiveFault) -> None:
        """Let everything pass again."""
        if active_fault.disruption is None:
            tell(target, active_fault.place, Toxics())
        else:
            target.undo(active_fault.id, active_fault.victim, active_fault.disruption)
