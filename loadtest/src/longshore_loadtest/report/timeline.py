"""The charts: what happened over time, each with a sentence that says what is to be seen."""

from collections.abc import Mapping, Sequence

from longshore_loadtest.report.figures import Chart, Series
from longshore_loadtest.report.grid import Grid
from longshore_loadtest.report.moments import Moments, Points
from longshore_loadtest.report.quantile import quantile
from longshore_loadtest.report.words import clock, duration, listed, many, measured, number

PERCENTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
_SHOWN = 8
"""Components of which memory and processor are drawn: those that have most."""


def charts(seen: Moments, grid: Grid) -> list[Chart]:
    """All charts that there is something for."""
    found = [
        _load(seen, grid),
        _completions(seen, grid),
        _files(seen, grid),
        _latency("submit", "Submission", seen.submit, grid, "From when it was due to the answer."),
        _latency(
            "end-to-end", "End to end", seen.end_to_end, grid,
            "From when a task was due until its result was recorded; tasks that needed one attempt.",
        ),
        _latency(
            "queue-wait", "Queue wait", seen.queue_wait, grid,
            "From when a task was accepted until it was begun, by the ledger's clock.",
        ),
        _backlog(seen, grid),
        _memory(seen, grid),
        _processor(seen, grid),
    ]  # fmt: skip
    return [chart for chart in found if chart is not None]


def lanes(seen: Moments, grid: Grid) -> list[Series]:
    """Workers, and replicas by component, where they were sampled."""
    names = sorted({name for _, sample in seen.samples for name in sample.replicas})
    found = [
        Series(
            name=name,
            values=grid.lasts(
                (at, found.replicas[name]) for at, found in seen.samples if name in found.replicas
            ),
        )
        for name in names
    ]
    if any(sample.workers for _, sample in seen.samples):
        found.insert(
            0,
            Series(
                name="workers alive", values=grid.lasts((at, found.workers) for at, found in seen.samples)
            ),
        )
    return found


def _load(seen: Moments, grid: Grid) -> Chart | None:
    if not seen.offered:
        return None
    offered, acknowledged = grid.rates(seen.offered), grid.rates(seen.acknowledged)
    most, at = _most(offered, grid)
    asked, taken = (sum(much for _, much in points) for points in (seen.offered, seen.acknowledged))
    left = asked - taken
    return Chart(
        key="load",
        title="Load",
        unit="/s",
        says=f"{many(asked, 'task')} were offered, at most {number(most)} a second at {clock(at)}. "
        + (f"Not acknowledged: {number(left)}." if left else "All were acknowledged."),
        series=[_series("offered", offered), _series("acknowledged", acknowledged)],
        note="Each task of a bulk counts.",
    )


def _completions(seen: Moments, grid: Grid) -> Chart | None:
    if not seen.completed:
        return None
    rates = grid.rates(seen.completed)
    most, at = _most(rates, grid)
    middle = quantile(rates, 0.5) or 0.0
    return Chart(
        key="completions",
        title="Completions",
        unit="/s",
        says=f"{many(len(seen.completed), 'task')} were completed: {number(middle)} a second in the middle, "
        f"at most {number(most)} at {clock(at)}.",
        series=[_series("completed", rates)],
        note="A task counts when the ledger has its result.",
    )


def _files(seen: Moments, grid: Grid) -> Chart | None:
    if not seen.uploaded:
        return None
    lines = sum(much for _, much in seen.uploaded)
    return Chart(
        key="files",
        title="Lines of files",
        unit="/s",
        says=f"{many(len(seen.uploaded), 'file')} of {many(lines, 'line')} were accepted, "
        f"and {many(len(seen.lines), 'line')} run.",
        series=[_series("accepted", grid.rates(seen.uploaded)), _series("run", grid.rates(seen.lines))],
        note="Blank lines, and those that cannot be parsed, are not run.",
    )


def _latency(key: str, title: str, points: Points, grid: Grid, note: str) -> Chart | None:
    if not points:
        return None
    values = [value for _, value in points]
    whole = {name: quantile(values, share) or 0.0 for name, share in PERCENTILES.items()}
    late, at = max((value, at) for at, value in points)
    return Chart(
        key=key,
        title=title,
        unit="s",
        form="latencies",
        says=f"Half took at most {duration(whole['p50'])}, 95 % at most {duration(whole['p95'])}, "
        f"99 % at most {duration(whole['p99'])}; the slowest, due at {clock(at)}, took {duration(late)}.",
        series=[
            Series(name=name, values=grid.quantiles(points, share)) for name, share in PERCENTILES.items()
        ],
        note=note,
    )


def _backlog(seen: Moments, grid: Grid) -> Chart | None:
    points = [(at, float(sample.backlog)) for at, sample in seen.samples]
    if not points:
        return None
    most, at = max((value, -at) for at, value in points)
    return Chart(
        key="backlog",
        title="Backlog",
        unit="",
        says=f"At most {many(most, 'task')} waited, at {clock(-at)}; {number(points[-1][1])} at the end.",
        series=[_series("waiting", grid.lasts(points))],
        note="Tasks that were accepted and not yet begun.",
    )


def _memory(seen: Moments, grid: Grid) -> Chart | None:
    held = [
        (at, {part: sum(copies.values()) for part, copies in sample.memory.items()})
        for at, sample in seen.samples
    ]
    return _parts("memory", "Memory", "B", held, grid)


def _processor(seen: Moments, grid: Grid) -> Chart | None:
    used = [(at, sample.processor) for at, sample in seen.samples]
    return _parts("processor", "Processor", "cores", used, grid)


def _parts(
    key: str, title: str, unit: str, points: Sequence[tuple[float, Mapping[str, float]]], grid: Grid
) -> Chart | None:
    most: dict[str, float] = {}
    for _, parts in points:
        for name, much in parts.items():
            most[name] = max(much, most.get(name, 0.0))
    if not most:
        return None
    names = sorted(most, key=lambda name: (-most[name], name))
    shown = names[:_SHOWN]
    return Chart(
        key=key,
        title=title,
        unit=unit,
        says=f"At most{', in cores' if unit == 'cores' else ''}: "
        + listed([f"{name} {measured(most[name], unit)}" for name in shown])
        + ".",
        series=[
            _series(name, grid.lasts((at, parts[name]) for at, parts in points if name in parts))
            for name in shown
        ],
        note="All processes of a component together." if len(names) == len(shown) else "Those that had most.",
    )


def _series(name: str, values: Sequence[float | None]) -> Series:
    return Series(name=name, values=list(values))


def _most(rates: Sequence[float], grid: Grid) -> tuple[float, float]:
    """The highest rate, and when it was."""
    most = max(rates)
    return most, grid.edges[rates.index(most)]
