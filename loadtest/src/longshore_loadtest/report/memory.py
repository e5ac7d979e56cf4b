"""What each component held, and whether it goes on growing."""

from typing import Final

from longshore_loadtest.report.figures import Memory
from longshore_loadtest.report.moments import Moments, Points
from longshore_loadtest.report.slope import slope
from longshore_loadtest.report.words import MEGABYTE, number

_WARM: Final = 0.1
"""Share of the run that is left out: programs that have just begun grow."""
SHORT: Final = 600.0
"""Seconds below which a slope by the hour is an exaggeration of some noise."""
_EVERY: Final = 5.0
"""Seconds between two looks, about; the error of a slope must not think there were more."""
FLAT: Final = 1 * MEGABYTE
"""Bytes an hour that are as good as none: 24 MB a day."""


def memory(seen: Moments) -> list[Memory]:
    """One for each component that was sampled, by name."""
    held: dict[str, Points] = {}
    for at, sample in seen.samples:
        for component, value in sample.memory.items():
            held.setdefault(component, []).append((at, value))
    return [_of(component, points, seen.end * _WARM) for component, points in sorted(held.items())]


def gained(held: Memory) -> str:
    """The slope with its error, in MB an hour; nothing where it would be an exaggeration."""
    if held.gain is None or held.seconds < SHORT:
        return ""
    return f"{held.gain / MEGABYTE:,.1f} ± {held.error / MEGABYTE:,.1f}"


def _of(component: str, points: Points, warm: float) -> Memory:
    settled = _looked_at([(at, value) for at, value in points if at >= warm])
    watched = settled[-1][0] - settled[0][0] if settled else 0.0
    found = slope(settled)
    gain, error = (found.a_second * 3600, 2 * found.error * 3600) if found else (None, 0.0)
    return Memory(
        component=component,
        first=points[0][1],
        last=points[-1][1],
        most=max(value for _, value in points),
        seconds=watched,
        gain=gain,
        error=error,
        says=_says(gain, error, watched),
    )


def _looked_at(points: Points) -> Points:
    """Without what was only said again: it is looked at each few seconds, and told each second."""
    kept: Points = []
    for at, value in points:
        if not kept or value != kept[-1][1] or at >= kept[-1][0] + _EVERY:
            kept.append((at, value))
    return kept


def _says(gain: float | None, error: float, watched: float) -> str:
    if gain is None:
        return "too few samples"
    if watched < SHORT:
        return "too short a run to tell"
    if abs(gain) <= error:
        return (
            "flat" if error <= FLAT else f"nothing to be seen beyond ± {number(error / MEGABYTE)} MB an hour"
        )
    if abs(gain) <= FLAT:
        return "flat"
    return f"{'grows' if gain > 0 else 'shrinks'} by {number(abs(gain) / MEGABYTE)} MB an hour"
