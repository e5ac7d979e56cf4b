"""Two parts cannot reach each other; both live."""

from random import Random

from msgspec.structs import replace

from longshore_loadtest.faults.fault import Fault, Wound, part_of
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
            part, injury = target.cutting(place)
        except Impossible as reason:
            return str(reason)
        if missing := target.lacks("injure", part):
            return missing
        reasons = [target.unfit(instance, injury) for instance in target.instances(part)]
        return reasons[0] if reasons and all(reasons) else None

    def victims(self, target: Target, place: str) -> list[Instance]:
        """Of the part that it is done to."""
        part = part_of(place) if target.proxy(place) else target.cutting(place)[0]
        return target.instances(part)

    def prepared(self, target: Target, wound: Wound, chance: Random) -> Wound:
        """With the injury, unless a proxy does it."""
        del chance
        if target.proxy(wound.place):
            return wound
        return replace(wound, injury=target.prepared(wound.victim, target.cutting(wound.place)[1]))

    def begin(self, target: Target, wound: Wound) -> None:
        """Cut."""
        if wound.injury is None:
            tell(target, wound.place, Toxics(cut=True, seconds=wound.seconds))
        else:
            target.injure(wound.id, wound.victim, wound.injury, wound.seconds)

    def heal(self, target: Target, wound: Wound) -> None:
        """Mend."""
        if wound.injury is None:
            tell(target, wound.place, Toxics())
        else:
            target.treat(wound.id, wound.victim, wound.injury)
