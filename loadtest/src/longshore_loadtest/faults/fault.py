"""The interface of a fault: what it is done to, how it begins, how it heals."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from random import Random
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from longshore_loadtest.targets.injuries.every import AnyInjury
from longshore_loadtest.targets.target import PARTS, Instance, Part, Target


class Wound(Struct, frozen=True):
    """One fault that is about to begin, or has begun: all that is needed to heal it, as data."""

    id: str
    """Of letters and digits, unique."""
    fault: str
    place: str
    """A part, two with a colon between them, or `node`."""
    seconds: float
    """How long it lasts, unless it is over in a moment."""
    victim: Instance
    injury: AnyInjury | None = None
    """What is done to the victim's process, if that is what the fault does."""
    replicas: Mapping[str, int] = {}
    """How many copies were wanted before, by the name of what keeps them."""


class Fault(ABC):
    """A way to break something. It keeps nothing itself: what is broken is in the wound."""

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
        """Who it may befall. Those too young or not ready are sorted out by the monkey."""
        return target.instances(part_of(place))

    def prepared(self, target: Target, wound: Wound, chance: Random) -> Wound:
        """The wound with all that `heal` will need. Nothing is touched yet. Raises Impossible."""
        del target, chance
        return wound

    @abstractmethod
    def begin(self, target: Target, wound: Wound) -> None:
        """Do it. When it raises, `heal` is called all the same."""

    def heal(self, target: Target, wound: Wound) -> None:  # noqa: B027 - some are over at once
        """Undo it: after any part of `begin` or none, and as often as asked."""

    def whole(self, target: Target, wound: Wound) -> bool:
        """Whether what it broke is there again."""
        return all(target.whole(part) for part in parts_of(wound.place))


class Injuring(Fault):
    """A fault that is an injury to one process."""

    @abstractmethod
    def injury(self, target: Target, place: str, chance: Random) -> AnyInjury:
        """What is done to it."""

    def lacks(self, target: Target, place: str) -> str | None:
        """As the target says, and the injury itself."""
        part = part_of(place)
        if missing := target.lacks("injure", part):
            return missing
        injury = self.injury(target, place, Random(0))
        reasons = [target.unfit(instance, injury) for instance in target.instances(part)]
        return reasons[0] if reasons and all(reasons) else None

    def victims(self, target: Target, place: str) -> list[Instance]:
        """Those that can be injured so: not every worker's clock can be turned."""
        injury = self.injury(target, place, Random(0))
        return [one for one in super().victims(target, place) if target.unfit(one, injury) is None]

    def prepared(self, target: Target, wound: Wound, chance: Random) -> Wound:
        """With the injury."""
        injury = self.injury(target, wound.place, chance)
        return replace(wound, injury=target.prepared(wound.victim, injury))

    def begin(self, target: Target, wound: Wound) -> None:
        """Injure it."""
        assert wound.injury is not None, "it is prepared"
        target.injure(wound.id, wound.victim, wound.injury, wound.seconds)

    def heal(self, target: Target, wound: Wound) -> None:
        """Treat it."""
        assert wound.injury is not None, "it is prepared"
        target.treat(wound.id, wound.victim, wound.injury)


def parts_of(place: str) -> list[Part]:
    """The parts that a place names; clients and nodes are none."""
    return [part for part in PARTS if part in place.split(":")]


def part_of(place: str) -> Part:
    """The first of them."""
    return parts_of(place)[0]
