"""How the load goes over time: each shape is a file with one function.

`users(at, most, seconds)` is how many users there are `at` seconds after the beginning of a run of `seconds`
with `most` users. Users are sources of arrivals, so that this is the offered load, whatever becomes of it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from longshore_loadtest.settings import ShapeName
from longshore_loadtest.shapes import ramp, soak, spike, staircase, steady

Users = Callable[[float, int, float], int]

SHAPES: Final[Mapping[ShapeName, Users]] = {
    "ramp": ramp.users,
    "steady": steady.users,
    "spike": spike.users,
    "soak": soak.users,
    "staircase": staircase.users,
}
