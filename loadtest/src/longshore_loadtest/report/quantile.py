"""A value that a share of all values does not exceed."""

from collections.abc import Sequence
from math import ceil


def quantile(values: Sequence[float], share: float) -> float | None:
    """The nearest rank: a value that really was, never one between two; None of nothing.

    `share` is from 0 to 1, and `values` in any order.
    """
    if not values:
        return None
    # A share such as 0.95 is a little more in binary: 0.95 * 20 must be the 19th, not the 20th.
    rank = ceil(share * len(values) - 1e-9)
    return sorted(values)[max(0, rank - 1)]
