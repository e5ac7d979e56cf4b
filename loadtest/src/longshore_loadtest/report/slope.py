"""The slope of straight lines through points that leaves the least squares."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Slope:
    """What a value gains by the second, and how sure that is."""

    a_second: float
    error: float
    """Standard error of it, were the points independent; memory's are not, so it is the least there is."""


def slope(*lives: Sequence[tuple[float, float]]) -> Slope | None:
    """The one slope of several rows of (seconds, value), each of which begins where it likes.

    None where there are too few moments to say anything.
    """
    around = [_around_middle(life) for life in lives if life]
    points = [point for life in around for point in life]
    free = len(points) - len(around) - 1
    spread = sum(at**2 for at, _ in points)
    if free < 1 or spread <= 0:
        return None
    gain = sum(at * value for at, value in points) / spread
    left = sum((value - gain * at) ** 2 for at, value in points)
    return Slope(gain, sqrt(left / free / spread))


def _around_middle(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """As far from their own middle and mean; squares of large numbers lose what they differ by, besides."""
    middle = sum(at for at, _ in points) / len(points)
    mean = sum(value for _, value in points) / len(points)
    return [(at - middle, value - mean) for at, value in points]
