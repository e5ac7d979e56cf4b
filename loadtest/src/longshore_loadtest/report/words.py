"""Numbers, times and sizes as a reader wants them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

MEGABYTE: Final = 1e6
"""Bytes. The slopes are in these, as memory limits are mostly counted: not in 1,048,576."""
KEPT: Final = (
    "Rate kept: tasks done a second from the fault to its healing (5 s at least), as a share of those "
    "in the 30 s before, or since the last fault was over; the worst time and the middle one. Files do not "
    "count. A load that changes changes it, too: compare with a part that no task needs, as Flower."
)
"""What is said beneath the faults."""
SLOPES: Final = (
    "Of a copy: first and last on average of those there were, most of any one. The slope is what a copy "
    "gains within its own life, by least squares, without its first ten minutes, in which a heap grows to "
    "what the load needs, of those seen for a quarter of an hour; ± is twice the error of the fit, the least "
    "there is. On Kubernetes it is the working set: what the kernel keeps of files that were just written "
    "belongs to it, so that RabbitMQ and Redis gain some without holding more themselves."
)
"""What is said beneath the memory."""


def number(value: float) -> str:
    """Three digits that matter, or all of those before the point."""
    if abs(value) >= 100 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def few(value: float) -> str:
    """Two digits that matter, for shares."""
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:.2g}"


def percent(share: float) -> str:
    """A share: `97 %`, `4.2 %`."""
    return f"{few(share * 100)} %"


def duration(seconds: float) -> str:
    """A time that something took: `3.2 ms`, `1.4 s`, `2 min 5 s`, `1 h 30 min`."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 0.9995:
        return f"{number(seconds * 1000)} ms"
    if seconds < 59.5:
        return f"{seconds:.3g} s"
    if seconds < 3600:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, rest = divmod(round(seconds / 60), 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def clock(seconds: float) -> str:
    """A moment of the run: `2:05`, `1:30:00`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def moment(stamp: str) -> str:
    """A wall clock's time that is easily read: `2026-11-21 19:06:42 UTC`."""
    try:
        found = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    return f"{found:%Y-%m-%d %H:%M:%S} {found.tzname() or ''}".strip()


def measured(value: float, unit: str) -> str:
    """A value with its unit; seconds and bytes as they are best read."""
    if unit == "s":
        return duration(value)
    if unit in {"B", "B/h"}:
        return f"{number(value / MEGABYTE)} M{unit}"
    if unit == "cores":
        return number(value)  # as they are told together, beneath that word
    return f"{number(value)}{unit}" if unit in {"/s", " %"} else f"{number(value)} {unit}".strip()


def many(count: float, one: str, more: str | None = None) -> str:
    """`1 task`, `2,000 tasks`."""
    return f"{number(count)} {one if count == 1 else more or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *before, last = names or [""]
    return f"{', '.join(before)} and {last}" if before else last
