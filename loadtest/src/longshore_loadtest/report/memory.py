"""What the copies of each component held, and whether they go on growing.

The sum over copies jumps whenever one is killed, so a slope is what a copy gains within its own life.
"""

from collections import defaultdict
from collections.abc import Iterable
from statistics import fmean
from typing import Final

from longshore_loadtest.report.figures import Memory
from longshore_loadtest.report.moments import Moments, Points
from longshore_loadtest.report.slope import Slope, slope
from longshore_loadtest.report.words import MEGABYTE, duration, many, number

_WARM: Final = 600.0
"""Seconds left out from when a copy was first seen: until then a heap grows to what the load needs."""
_LIFE: Final = 900.0
"""Seconds that a copy has to be seen for, or its life says nothing."""
SHORT: Final = 600.0
"""Seconds, of all lives, below which a slope by the hour is an exaggeration of some noise."""
_EVERY: Final = 15.0
"""Seconds between two looks of a metrics-server; the error of a slope must not think there were more."""
FLAT: Final = 1 * MEGABYTE
"""Bytes an hour that are as good as none: 24 MB a day."""


def memory(seen: Moments) -> list[Memory]:
    """One for each component that was sampled, by name."""
    components = sorted({component for _, sample in seen.samples for component in sample.memory})
    return [_of(component, seen) for component in components]


def gained(held: Memory) -> str:
    """The slope with its error, in MB an hour; nothing where it would be an exaggeration."""
    if held.gain is None or held.seconds < SHORT:
        return ""
    return f"{held.gain / MEGABYTE:z,.1f} ± {held.error / MEGABYTE:,.1f}"


def rests(held: Memory) -> str:
    """On what the slope rests; nothing where there is none."""
    if held.gain is None:
        return ""
    return f"{many(held.lives, 'life', 'lives')}, {duration(held.seconds)}"


def _of(component: str, seen: Moments) -> Memory:
    copies: defaultdict[str, Points] = defaultdict(list)
    means: list[float] = []
    for at, sample in seen.samples:
        if held := sample.memory.get(component):
            means.append(fmean(held.values()))
            for copy, value in held.items():
                copies[copy].append((at, value))
    lives = [_settled(points) for points in copies.values() if points[-1][0] - points[0][0] >= _LIFE]
    seconds = sum(life[-1][0] - life[0][0] for life in lives)
    found = slope(*lives)
    return Memory(
        component=component,
        first=means[0] if means else 0.0,
        last=means[-1] if means else 0.0,
        most=max((value for points in copies.values() for _, value in points), default=0.0),
        lives=len(lives),
        seconds=seconds,
        gain=found.a_second * 3600 if found else None,
        error=2 * found.error * 3600 if found else 0.0,
        # Redis holds all tasks until they are retired: that is no leak.
        says=_says(found, seconds, _tasks(lives, seen) if component == "redis" else None),
    )


def _settled(points: Points) -> Points:
    """Without its beginning and what was only said again: it is looked at each few seconds, told each one."""
    kept: Points = []
    for at, value in points:
        if at < points[0][0] + _WARM:
            continue
        if not kept or value != kept[-1][1] or at >= kept[-1][0] + _EVERY:
            kept.append((at, value))
    return kept


def _says(found: Slope | None, seconds: float, tasks: Slope | None) -> str:
    if found is None or seconds < SHORT:
        return "no copy was seen for long enough to tell"
    gain, error = found.a_second * 3600, 2 * found.error * 3600
    if abs(gain) <= error and error > FLAT:
        return f"nothing to be seen beyond ± {number(error / MEGABYTE)} MB an hour"
    if abs(gain) <= max(error, FLAT):
        return "flat"
    said = f"{'grows' if gain > 0 else 'shrinks'} by {number(abs(gain) / MEGABYTE)} MB an hour"
    if tasks and gain > 0 and tasks.a_second > 2 * tasks.error:
        each = found.a_second / tasks.a_second
        said += f"; the tasks it keeps, by {number(tasks.a_second * 3600)} an hour: {number(each)} bytes each"
    return said


def _tasks(lives: Iterable[Points], seen: Moments) -> Slope | None:
    """What the tasks that are kept gain in number, at the moments of these lives."""
    kept = {at: float(sum(sample.states.values())) for at, sample in seen.samples}
    return slope(*([(at, kept[at]) for at, _ in life] for life in lives))
