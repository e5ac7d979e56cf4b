"""The straight line through points that leaves the least squares."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Slope:
    """What a value gains by the second, and how sure that is."""

    a_second: float
    error: float
    """Standard error of it, were the points independent; memory's are not, so it is the least there is."""


def slope(points: Sequence[tuple[float, float]]) -> Slope | None:
    """The slope of (seconds, value); None where fewer than three moments say anything."""
    count = len(points)
    if count < 3:
        return None
    # Around the middle, since squares of large numbers that differ by little lose what they differ by.
    middle = sum(at for at, _ in points) / count
    mean = sum(value for _, value in points) / count
    spread = sum((at - middle) ** 2 for at, _ in points)
    if spread <= 0:
        return None
    gains = sum((at - middle) * (value - mean) for at, value in points) / spread
    left = sum((value - mean - gains * (at - middle)) ** 2 for at, value in points)
    return Slope(gains, sqrt(left / (count - 2) / spread))
