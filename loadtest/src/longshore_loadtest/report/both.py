"""Two runs as one page and as one Markdown text."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from longshore_loadtest.report.compare import Comparison
from longshore_loadtest.report.drawing import along, draw, rows
from longshore_loadtest.report.figures import Chart, Report, Series
from longshore_loadtest.report.grid import Grid
from longshore_loadtest.report.markdown import cell, table
from longshore_loadtest.report.rendering import render
from longshore_loadtest.report.words import measured, moment

_DRAWN: Final = {
    "load": "acknowledged",
    "completions": "completed",
    "submit": "p95",
    "end-to-end": "p95",
    "queue-wait": "p95",
    "backlog": "waiting",
}
"""Of each chart one line: two of each are read, six are not."""


def comparison_page(comparison: Comparison) -> str:
    """Both runs as one self-contained HTML file."""
    end = max(comparison.earlier.seconds, comparison.later.seconds)
    edges = Grid.over(end).edges
    charts = list(_charts(comparison, edges))
    return render(
        "compare.html",
        comparison=comparison,
        drawings=[
            (chart, draw(chart, edges, ("was", "now")), list(rows(chart.series, edges[:-1], chart.unit)))
            for chart in charts
        ],
        edges=edges,
        along=along(end),
        bars={},
        spans=[],
        lanes=[],
        quoted=set(),
    )


def comparison_markdown(comparison: Comparison) -> str:
    """Both runs as Markdown."""
    return "\n".join(_markdown(comparison)) + "\n"


def _charts(comparison: Comparison, edges: Sequence[float]) -> Iterator[Chart]:
    earlier, later = (
        {chart.key: chart for chart in report.charts} for report in (comparison.earlier, comparison.later)
    )
    for key, name in _DRAWN.items():
        if key not in earlier or key not in later:
            continue
        before = _resampled(_series(earlier[key], name), comparison.earlier.edges, edges)
        after = _resampled(_series(later[key], name), comparison.later.edges, edges)
        title = later[key].title if name not in ("p95", "acknowledged") else f"{later[key].title}, {name}"
        yield Chart(
            key=key,
            title=title,
            unit=later[key].unit,
            form=later[key].form,
            says=f"Earlier: {earlier[key].says} Later: {later[key].says}",
            series=[Series(name="earlier", values=before), Series(name="later", values=after)],
        )


def _series(chart: Chart, name: str) -> Series:
    return next(series for series in chart.series if series.name == name)


def _resampled(series: Series, edges: Sequence[float], wanted: Sequence[float]) -> list[float | None]:
    """The values at the middles of other parts; None where the run had ended."""
    found: list[float | None] = []
    for before, after in pairwise(wanted):
        middle = (before + after) / 2
        part = sum(edge <= middle for edge in edges) - 1
        found.append(series.values[part] if 0 <= part < len(series.values) else None)
    return found


def _markdown(comparison: Comparison) -> Iterator[str]:
    yield f"# Load tests {comparison.earlier.run} and {comparison.later.run}"
    yield ""
    for said in comparison.says:
        yield said
        yield ""
    yield from table(("", "earlier", "later"), _runs(comparison.earlier, comparison.later))
    yield from table(
        ("figure", "earlier:", "later:", "difference"),
        (
            (one.what, measured(one.earlier, one.unit), measured(one.later, one.unit), one.says)
            for one in comparison.differences
        ),
    )
    if comparison.unlike:
        yield "## Not made alike"
        yield ""
        yield from (f"- {cell(said)}" for said in comparison.unlike)


def _runs(earlier: Report, later: Report) -> Iterator[Sequence[str]]:
    both = earlier, later
    yield "run", *(report.run for report in both)
    yield "began", *(moment(report.started_at) for report in both)
    yield "verdict", *(report.verdict.headline for report in both)
    yield "command", *(report.command for report in both)
