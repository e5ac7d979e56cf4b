"""Charts as SVG: shapes in a box that is stretched to the space there is, words beside it as HTML.

So lines keep their width and words their size on a telephone and on paper. A library that draws in
the browser would show nothing without JavaScript, and would be in every report.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, TypeVar

from longshore_loadtest.report.figures import Chart, Report, Series, Spell
from longshore_loadtest.report.scale import Scale, Tick, times
from longshore_loadtest.report.spells import over
from longshore_loadtest.report.words import clock, measured

WIDTH: Final = 1000
HEIGHT: Final = 100
At = TypeVar("At")
"""A moment, or a time from one to another."""


@dataclass(frozen=True)
class Line:
    """One series. `look`: the class that colours it, the same in the legend."""

    name: str
    look: str
    path: str
    area: str = ""
    """The same, down to the foot, where it is filled."""


@dataclass(frozen=True)
class Drawing:
    """One chart."""

    lines: list[Line]
    ticks: list[Tick]
    logarithmic: bool = False


@dataclass(frozen=True)
class Lane:
    """A count over time, as a strip."""

    name: str
    area: str
    path: str
    says: str


@dataclass(frozen=True)
class Bar:
    """A fault on its strip: shares of the run's time, from 0 to 1."""

    spell: Spell
    left: float
    width: float
    room: float = 1.0
    """Until the next one of its strip."""


def draw(chart: Chart, edges: Sequence[float], looks: Sequence[str] = ()) -> Drawing:
    """Draw a chart; `looks` are the classes of its lines, where they are not those of its kind."""
    values = [value for series in chart.series for value in series.values if value is not None]
    scale = Scale.around(values, chart.unit, logarithmic=chart.form == "latencies")
    looks = looks or [f"{_kind(chart)}-{place}" for place in range(len(chart.series))]
    lines = [_line(series, look, edges, scale) for series, look in zip(chart.series, looks, strict=True)]
    return Drawing(lines, scale.ticks, scale.logarithmic)


def strips(report: Report, edges: Sequence[float]) -> list[Lane]:
    """Workers and replicas: each a strip as high as its highest."""
    found = []
    for series in report.lanes:
        known = [value for value in series.values if value is not None]
        low, high = min(known, default=0), max(known, default=0)
        scale = Scale(0, max(high, 1), 1, logarithmic=False, unit="")
        area, path = _steps(series.values, edges, scale)
        said = f"{low:.0f}" if low == high else f"{low:.0f} to {high:.0f}"
        found.append(Lane(series.name, area, path, said))
    return found


def bars(report: Report) -> dict[str, list[Bar]]:
    """The faults that were done, by name, in the order in which the names come first."""
    found: dict[str, list[Bar]] = {}
    for spell in report.done:
        left, right = spell.begun / report.seconds, over(spell, report.seconds) / report.seconds
        strip = found.setdefault(spell.name, [])
        if strip:
            strip[-1] = replace(strip[-1], room=left - strip[-1].left)
        strip.append(Bar(spell, min(left, 1.0), max(0.0, min(right, 1.0) - left)))
    return found


def along(seconds: float) -> list[Tick]:
    """The moments written beneath a chart."""
    return [Tick(at / seconds, clock(at)) for at in times(seconds)]


def rows(series: Sequence[Series], times: Sequence[float], unit: str) -> Iterator[tuple[str, list[str]]]:
    """A chart as a table: the moment, and each value in words."""
    for place, at in enumerate(times):
        values = [one.values[place] if place < len(one.values) else None for one in series]
        yield clock(at), ["" if value is None else measured(value, unit) for value in values]


def _kind(chart: Chart) -> str:
    return {"load": "load", "files": "load", "memory": "part", "processor": "part"}.get(
        chart.key, "share" if chart.form == "latencies" else "one"
    )


def _line(series: Series, look: str, edges: Sequence[float], scale: Scale) -> Line:
    middles = [(before + after) / 2 for before, after in pairwise(edges)]
    runs = list(_runs(zip(middles, series.values, strict=False)))
    path = "".join(_polyline([_place(at, value, edges, scale) for at, value in run]) for run in runs)
    area = ""
    if look in {"load-0", "one-0"}:
        area = "".join(_filled([_place(at, value, edges, scale) for at, value in run]) for run in runs)
    return Line(series.name, look, path, area)


def _runs(points: Iterable[tuple[At, float | None]]) -> Iterator[list[tuple[At, float]]]:
    """Points that follow one another without a gap."""
    run: list[tuple[At, float]] = []
    for at, value in points:
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append((at, value))
    if run:
        yield run


def _steps(values: Sequence[float | None], edges: Sequence[float], scale: Scale) -> tuple[str, str]:
    """A count: level for as long as it lasts. Gives the area and its upper edge."""
    parts = zip(pairwise(edges), values, strict=False)
    runs = [[_place(at, value, edges, scale) for pair, value in run for at in pair] for run in _runs(parts)]
    return "".join(map(_filled, runs)), "".join(map(_polyline, runs))


def _place(at: float, value: float, edges: Sequence[float], scale: Scale) -> tuple[float, float]:
    return at / edges[-1] * WIDTH, (1 - scale.share(value)) * HEIGHT


def _polyline(places: Sequence[tuple[float, float]]) -> str:
    if len(places) == 1:  # a point alone is a short stroke, or it would not be seen
        ((x, y),) = places
        places = [(x - 1.5, y), (x + 1.5, y)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)


def _filled(places: Sequence[tuple[float, float]]) -> str:
    (first, _), (last, _) = places[0], places[-1]
    return f"{_polyline(places)}L{last:.1f} {HEIGHT}L{first:.1f} {HEIGHT}Z"
