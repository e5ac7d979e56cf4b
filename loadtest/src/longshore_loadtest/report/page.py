"""The report as one self-contained HTML file."""

from collections.abc import Iterator

from longshore_loadtest.report.drawing import along, bars, draw, rows, strips
from longshore_loadtest.report.figures import Report
from longshore_loadtest.report.flat import flat
from longshore_loadtest.report.rendering import render
from longshore_loadtest.report.words import KEPT, SLOPES, duration, number


def page(report: Report) -> str:
    """The report, to be opened in a browser from wherever it lies."""
    edges = report.edges
    found = bars(report)
    return render(
        "report.html",
        report=report,
        tiles=list(_tiles(report)),
        bars=found,
        spans=[bar for bars in found.values() for bar in bars],
        lanes=strips(report, edges),
        along=along(report.seconds),
        drawings=[
            (chart, draw(chart, edges), list(rows(chart.series, edges[:-1], chart.unit)))
            for chart in report.charts
        ],
        kept=KEPT,
        slopes=SLOPES,
        executions=list(_executions(report)),
        environment=list(flat(report.environment)),
        settings=list(flat(report.settings)),
        quoted={quote.where for quote in report.verdict.quotes},
    )


def _tiles(report: Report) -> Iterator[tuple[str, str, bool]]:
    """What is told at one glance: a name, a value, and whether it is bad."""
    totals = report.totals
    yield "acknowledged", number(totals["acknowledged"]), False
    for name in ("lost", "wrong", "duplicated", "unexpected"):
        yield name, number(totals[name]), totals[name] > 0
    yield "faults", number(len(report.done)), False
    for what, times in (
        ("longest pause", [fault.pause for fault in report.done]),
        ("slowest recovery", [fault.flowed for fault in report.done]),
    ):
        if found := [seconds for seconds in times if seconds is not None]:
            yield what, duration(max(found)), False


def _executions(report: Report) -> Iterator[tuple[int, int, float]]:
    tasks = sum(report.executions.values())
    for times, count in sorted(report.executions.items()):
        yield times, count, count / tasks
