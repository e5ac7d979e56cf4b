"""Ten steps, each a tenth of the users higher: where latency leaves the ground is the knee."""

import math
from typing import Final

STEPS: Final = 10


def users(at: float, most: int, seconds: float) -> int:
    """How many users."""
    step = min(STEPS, int(at / seconds * STEPS) + 1)
    return max(1, math.ceil(most * step / STEPS))
