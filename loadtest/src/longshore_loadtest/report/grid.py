"""The run cut into equal parts of time, so that all that is drawn and compared has the same points."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

from longshore_loadtest.report.quantile import quantile

_WIDTHS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_MOST: Final = 240
"""Parts of a run: more are not seen on a screen."""
_HOLDS: Final = 5.0
"""Seconds that a sample holds when none follows: then it is not known any more, and not drawn."""


@dataclass(frozen=True)
class Grid:
    """`count` parts of `width` seconds; the last one is between half as long and half as long again."""

    width: float
    count: int
    end: float
    """Seconds; what comes later counts in the last part."""

    @classmethod
    def over(cls, seconds: float) -> Self:
        """The finest grid of round parts that is still readable."""
        end = max(seconds, 1.0)
        width = next((width for width in _WIDTHS if end / width <= _MOST), end / _MOST)
        return cls(width, max(1, round(end / width)), end)

    def cut(self, count: int) -> Self:
        """The same time in `count` parts, or fewer where they would be shorter than this grid's."""
        count = max(1, min(count, self.count))
        return type(self)(self.end / count, count, self.end)

    @property
    def edges(self) -> list[float]:
        """Where the parts begin, and where the last one ends."""
        return [part * self.width for part in range(self.count)] + [self.end]

    def part(self, at: float) -> int:
        """The part that a moment is in."""
        return min(max(0, int(at / self.width)), self.count - 1)

    def rates(self, points: Iterable[tuple[float, float]]) -> list[float]:
        """How much there was a second, of (at, how much)."""
        sums = [0.0] * self.count
        for at, much in points:
            sums[self.part(at)] += much
        return [
            much / (after - before) for much, (before, after) in zip(sums, pairwise(self.edges), strict=True)
        ]

    def quantiles(self, points: Iterable[tuple[float, float]], share: float) -> list[float | None]:
        """The quantile of each part; None where there is nothing."""
        return [quantile(values, share) for values in self.sorted_into(points)]

    def lasts(self, points: Iterable[tuple[float, float]]) -> list[float | None]:
        """What was true at the end of each part: the last value seen until then, if that is not long ago."""
        found: list[float | None] = []
        seen = deque(sorted(points))
        last: tuple[float, float] | None = None
        for end in self.edges[1:]:
            while seen and seen[0][0] <= end:
                last = seen.popleft()
            found.append(last[1] if last and last[0] >= end - self.width - _HOLDS else None)
        return found

    def sorted_into(self, points: Iterable[tuple[float, float]]) -> list[list[float]]:
        """The values of each part, in the order in which they came."""
        parts: list[list[float]] = [[] for _ in range(self.count)]
        for at, value in points:
            parts[self.part(at)].append(value)
        return parts
