"""Six tenths of the users for as long as it takes, in waves of ten minutes that go a tenth up and down.

What leaks shows in hours, and more plainly where the load is not quite the same all the time: memory that
only follows the load goes down again.
"""

import math
from typing import Final

_WAVE: Final = 600.0
"""Seconds from one crest to the next."""


def users(at: float, most: int, _seconds: float) -> int:
    """How many users."""
    return max(1, round(most * (0.6 + 0.1 * math.sin(2 * math.pi * at / _WAVE))))
