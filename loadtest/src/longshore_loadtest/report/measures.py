"""The numbers by which two runs are compared, and what slices of one run differ by."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from statistics import fmean
from typing import Final, Literal

from longshore_loadtest.report.figures import Measure, Spell
from longshore_loadtest.report.grid import Grid
from longshore_loadtest.report.moments import Moments, Points
from longshore_loadtest.report.noise import noise
from longshore_loadtest.report.quantile import quantile

SLICES: Final = 10


def measures(found: Moments, faults: Iterable[Spell], executions: Mapping[int, int]) -> list[Measure]:
    """All that can be said of this run."""
    loaded = [at for at, _ in found.offered]
    if not loaded:
        return []
    begun, ended = min(loaded), max(loaded)
    slices = _Slices(begun, max(ended, begun + 1.0))
    rates = [
        slices.rate("acknowledged", "acknowledged, while there was load", found.acknowledged),
        slices.rate("completed", "completed, while there was load", found.completed),
    ]
    if found.lines:
        rates.append(slices.rate("lines", "lines of files run, while there was load", found.lines))
    latencies = [
        slices.quantile(f"{key}-p{round(share * 100)}", f"{what}, {_share(share)}", points, share)
        for key, what, points in (
            ("submit", "submission", found.submit),
            ("end-to-end", "end to end", found.end_to_end),
            ("queue-wait", "queue wait", found.queue_wait),
            ("file", "a whole file", found.file),
        )
        for share in (0.5, 0.95, 0.99)
        if points
    ]
    return [*rates, *latencies, *_backlog(found, slices), *_recoveries(faults), *_executions(executions)]


class _Slices:
    def __init__(self, begun: float, ended: float) -> None:
        self.begun, self.ended = begun, ended
        self.grid = Grid.over(ended - begun).cut(SLICES)

    def rate(self, key: str, what: str, points: Points) -> Measure:
        rates = self.grid.rates(self.inside(points))
        return _measure(key, what, "/s", [[rate] for rate in rates], fmean, better="more")

    def quantile(self, key: str, what: str, points: Points, share: float) -> Measure:
        parts = self.grid.sorted_into(self.inside(points))
        return _measure(key, what, "s", parts, partial(quantile, share=share))

    def mean(self, key: str, what: str, points: Points) -> Measure:
        return _measure(key, what, "", self.grid.sorted_into(points), fmean)

    def inside(self, points: Points) -> Points:
        return [(at - self.begun, value) for at, value in points if self.begun <= at <= self.ended]


def _backlog(found: Moments, slices: _Slices) -> list[Measure]:
    points = slices.inside([(at, float(sample.backlog)) for at, sample in found.samples])
    return [slices.mean("backlog", "backlog, on average", points)] if points else []


def _recoveries(faults: Iterable[Spell]) -> list[Measure]:
    took: dict[str, list[float]] = {}
    for fault in faults:
        if fault.flowed is not None:
            took.setdefault(fault.name, []).append(fault.flowed)
    return [
        _measure(
            f"flowed-{name}", f"work flowed after {name}, at most", "s", [[value] for value in values], max
        )
        for name, values in sorted(took.items())
    ]


def _executions(executions: Mapping[int, int]) -> list[Measure]:
    tasks = sum(count for times, count in executions.items() if times)
    again = sum(count for times, count in executions.items() if times > 1)
    if not tasks:
        return []
    share = again / tasks * 100
    return [Measure(key="again", what="tasks run more than once", unit=" %", value=share, better="less")]


def _measure(
    key: str,
    what: str,
    unit: str,
    slices: Sequence[list[float]],
    of: Callable[[list[float]], float | None],
    better: Literal["less", "more"] = "less",
) -> Measure:
    found = [of(values) for values in slices if values]
    return Measure(
        key=key,
        what=what,
        unit=unit,
        value=of([value for values in slices for value in values]) or 0.0,
        better=better,
        slices=[value for value in found if value is not None],
        noise=noise(slices, of),
    )


def _share(share: float) -> str:
    return "half within" if share == 0.5 else f"{round(share * 100)} % within"
