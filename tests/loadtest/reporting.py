"""Reports of runs that never were, for the tests of what is in them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from longshore_loadtest.history.record import Line
from longshore_loadtest.report import Report, summarise
from longshore_loadtest.report.figures import Chart
from longshore_loadtest.verify import verify
from tests.loadtest.story import API, Break, steady, story
from tests.loadtest.telling import history_of

BREAKS = [
    Break("worker killed", "worker-2", 10, 13),
    Break(API, "api-1", 25, 26.5),
    Break("worker killed", "worker-1", 32, 34),
]


def reported(lines: Sequence[Line], **settings: Any) -> Report:
    history = history_of(lines, **settings)
    return summarise(history, verify(history))


def chart(report: Report, key: str) -> Chart:
    return next(chart for chart in report.charts if chart.key == key)


def values(report: Report, key: str, name: str) -> list[float]:
    series = next(series for series in chart(report, key).series if series.name == name)
    return [value or 0.0 for value in series.values]


@cache
def kept() -> Report:
    """A run with three faults in which nothing was lost."""
    return reported(story(40, steady(20), BREAKS), shape="steady", users=20)


@cache
def broken() -> Report:
    """The same, with two tasks lost."""
    return reported(story(40, steady(20), BREAKS, lost=2))
