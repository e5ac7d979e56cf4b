"""A tenth of the users; all of them for the middle fifth; a tenth again, to see what is left of it."""

import math


def users(at: float, most: int, seconds: float) -> int:
    """How many users."""
    in_spike = 0.4 <= at / seconds < 0.6
    return most if in_spike else max(1, math.ceil(most / 10))
