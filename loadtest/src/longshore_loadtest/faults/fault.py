"""The interface of a fault: what it is done to, how it begins, how it heals."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.target import PARTS, Instance, Part, Target


class ActiveFault(Struct, frozen=True):
    """One fault that is about to begin, or has begun: all that is needed to heal it, as data."""

    id: str
    """Of letters and digits, unique."""
    fault: str
    place: str
    """A part, two with a colon between them, or `node`."""
    seconds: float
    """How long it lasts, unless it is over in a moment."""
    victim: Instance
    disruption: AnyDisruption | None = None
    """What is done to the victim's process, if that is what the fault does."""
    replicas: Mapping[str, int] = {}
    """How many copies were wanted before, by the name of what keeps them."""


class Fault(ABC):
    """A way to break something. It keeps nothing itself: what is broken is in the active fault."""

    name: ClassVar[str]
    summary: ClassVar[str]
    """One line, for `faults list`."""
    places: ClassVar[Sequence[str]] = PARTS
    lasts: ClassVar[bool] = True
    """False: it is over in a moment, and all that lasts is the recovery."""
    least: ClassVar[float] = 0.0
    """Seconds that it lasts at the least, whatever is asked for."""
    weight: ClassVar[int] = 1
    """How often it comes in a round of the plan."""

    @abstractmethod
    def lacks(self, target: Target, place: str) -> str | None:
        """Why it cannot be done to this place of this target; None if it can."""

    def victims(self, target: Target, place: str) -> list[Instance]:
        """Who it may hit. Those too young or not ready are sorted out by the monkey."""
        return target.instances(part_of(place))

    def prepared(self, target: Target, active_fault: ActiveFault, chance: Random) -> ActiveFault:
        """The active fault with all that `heal` will need. Nothing is touched yet. Raises Impossible."""
        del target, chance
        return active_fault

    @abstractmethod
    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Do it. When it raises, `heal` is called all the same."""

    def heal(self, target: Target, active_fault: ActiveFault) -> None:  # noqa: B027 - some are over at once
        """Undo it: after any part of `begin` or none, and as often as asked."""

    def whole(self, target: Target, active_fault: ActiveFault) -> bool:
        """Whether what it broke is there again."""
        return all(target.whole(part) for part in parts_of(active_fault.place))


class Disrupting(Fault):
    """A fault that is a disruption to one process."""

    @abstractmethod
    def disruption(self, target: Target, place: str, chance: Random) -> AnyDisruption:
        """What is done to it."""

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says, and the disruption itself."""
        part = part_of(place)
        if missing := target.lacks("disrupt", part):
            return missing
        disruption = self.disruption(target, place, Random(0))
        reasons = [target.unfit(instance, disruption) for instance in target.instances(part)]
        return reasons[0] if reasons and all(reasons) else None

    def victims(self, target: Target, place: str) -> list[Instance]:
        """Those that can be disrupted so: not every worker's clock can be turned."""
        disruption = self.disruption(target, place, Random(0))
        return [one for one in super().victims(target, place) if target.unfit(one, disruption) is None]

    def prepared(self, target: Target, active_fault: ActiveFault, chance: Random) -> ActiveFault:
        """With the disruption."""
        disruption = self.disruption(target, active_fault.place, chance)
        return replace(active_fault, disruption=target.prepared(active_fault.victim, disruption))

    def begin(self, target: Target, active_fault: ActiveFault) -> None:
        """Disrupt it."""
        assert active_fault.disruption is not None, "it is prepared"
        target.disrupt(active_fault.id, active_fault.victim, active_fault.disruption, active_fault.seconds)

    def heal(self, target: Target, active_fault: ActiveFault) -> None:
        """Undo it."""
        assert active_fault.disruption is not None, "it is prepared"
        target.undo(active_fault.id, active_fault.victim, active_fault.disruption)


def parts_of(place: str) -> list[Part]:
    """The parts that a place names; clients and nodes are none."""
    return [part for part in PARTS if part in place.split(":")]


def part_of(place: str) -> Part:
    """The first of them."""
    return parts_of(place)[0]
