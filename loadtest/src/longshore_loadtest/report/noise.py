"""By how much a figure of a run is uncertain."""

from collections.abc import Callable, Sequence
from math import sqrt
from statistics import variance
from typing import Final

_FEW: Final = 3
"""Slices below which nobody can tell."""
_SURE: Final = 3.0
"""Standard errors: a dozen figures are compared, and with two of them one often differs by chance."""


def noise(slices: Sequence[list[float]], of: Callable[[list[float]], float | None]) -> float | None:
    """Three times the standard error of a figure, as leaving out each slice in turn moves it (the jackknife).

    What follows one another in time is alike, so it is slices that are left out, not single values. It is no
    less than what slices differ by among themselves, over the root of their number.
    """
    filled = [part for part in slices if part]
    if len(filled) < _FEW:
        return None
    found = [
        value
        for out in range(len(filled))
        if (value := of([one for place, part in enumerate(filled) if place != out for one in part]))
        is not None
    ]
    left_out = sqrt((len(found) - 1) ** 2 / len(found) * variance(found))
    # Quantiles do not move at all where values lie close together: then what slices differ by tells more.
    among = sqrt(variance(value for part in filled if (value := of(part)) is not None) / len(filled))
    return _SURE * max(left_out, among)
