"""A queue's last hour as a small picture: its backlog as an area, its rate as a line."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from longshore.event_types import Interval

WIDTH: Final = 120
HEIGHT: Final = 28


class Sparkline(Struct, frozen=True):
    """Points for SVG in a box of WIDTH by HEIGHT, and the same in words."""

    depth: str
    rate: str
    words: str


def sparkline(intervals: Sequence[Interval[str]]) -> Sparkline:
    """Draw it. The two have scales of their own; the words name their highest points."""
    waiting = [float(each.waiting) for each in intervals]
    rates = [(each.succeeded + each.failed) / each.seconds if each.seconds else 0.0 for each in intervals]
    line = _points(waiting)
    depth, rate = max(waiting, default=0), max(rates, default=0)
    words = f"last hour: {depth:,.0f} waiting and {rate:.1f} ended a second at the most"
    return Sparkline(f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}" if line else "", _points(rates), words)


def _points(values: Sequence[float]) -> str:
    if len(values) < 2:
        return ""
    top, step = max(*values, 1e-9), WIDTH / (len(values) - 1)
    return " ".join(
        f"{n * step:.1f},{HEIGHT - value / top * (HEIGHT - 2):.1f}" for n, value in enumerate(values)
    )
