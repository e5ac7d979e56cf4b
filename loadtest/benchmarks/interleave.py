"""Ours, theirs, ours, theirs: what else the machine does then hits both sides alike."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """A median and what it is the median of."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle value."""
        return statistics.median(self.values)

    @property
    def low(self) -> float:
        """The least."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The greatest."""
        return max(self.values)


@dataclass
class Rounds:
    """What each side measured in each round."""

    sides: dict[str, list[Mapping[str, float]]] = field(default_factory=dict)

    def of(self, side: str, what: str) -> Spread:
        """One side's values."""
        return Spread(tuple(found[what] for found in self.sides[side]))

    def ratio(self, side: str, other: str, what: str) -> Spread:
        """One side's values over the other's, round by round."""
        pairs = zip(self.of(side, what).values, self.of(other, what).values, strict=True)
        return Spread(tuple(one / another for one, another in pairs))


def interleave(
    rounds: int, sides: Mapping[str, Callable[[], Mapping[str, float]]], tell: Callable[[str], None] = print
) -> Rounds:
    """Let every side measure itself once a round, in turn."""
    result = Rounds({side: [] for side in sides})
    for number in range(1, rounds + 1):
        for side, measure in sides.items():
            found = measure()
            result.sides[side].append(found)
            said = ", ".join(f"{name} {value:,.4g}" for name, value in found.items())
            tell(f"round {number}/{rounds}  {side}: {said}")
    return result


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
