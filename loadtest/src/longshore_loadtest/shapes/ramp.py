"""From one user to all of them, evenly, and down again in the last tenth."""

import math


def users(at: float, most: int, seconds: float) -> int:
    """How many users."""
    down = seconds * 0.9
    share = at / down if at < down else (seconds - at) / (seconds - down)
    return max(1, math.ceil(most * min(1.0, share)))
