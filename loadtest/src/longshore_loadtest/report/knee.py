"""The knee: how much is kept up with when ever more is offered, and what stops it there."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import Final

from longshore_loadtest.report.figures import Knee, Step
from longshore_loadtest.report.moments import Moments, Points
from longshore_loadtest.report.quantile import quantile
from longshore_loadtest.report.words import duration, number

_ENOUGH: Final = 0.95
"""Share of what is offered that has to be acknowledged, and completed, within the step."""
_ON_THE_WAY: Final = 3
"""Tasks that may be on their way when a step ends, however few there are."""
_SETTLED: Final = 0.25
"""Share of a step that is left out at its beginning."""


def knee(seen: Moments, edges: Sequence[float], cores: float | None = None) -> Knee | None:
    """The knee of a load whose steps have these edges, in seconds; None with fewer than two steps.

    `cores`: how many the machine of the run has; the load may come from others.
    """
    steps = [step for begun, ended in pairwise(edges) if (step := _step(seen, begun, ended)).offered > 0]
    if len(steps) < 2:
        return None
    kept = next((count for count, step in enumerate(steps) if not step.keeps_up), len(steps))
    highest = steps[kept - 1] if kept else None
    past = steps[kept] if kept < len(steps) else None
    limit = "Nothing: the staircase ended before anything did."
    if past:
        limit = _limit(seen, past) + _busy(seen, past, cores)
    return Knee(
        steps=steps,
        highest=highest.offered if highest else None,
        most=max(step.completed for step in steps),
        limit=limit,
        says=_says(highest, past),
    )


def _step(seen: Moments, begun: float, ended: float) -> Step:
    start = begun + (ended - begun) * _SETTLED
    offered, acknowledged, completed = (
        _sum(points, start, ended) / (ended - start)
        for points in (seen.offered, seen.acknowledged, seen.completed)
    )
    return Step(
        begun=begun,
        ended=ended,
        offered=offered,
        acknowledged=acknowledged,
        completed=completed,
        submit=quantile([value for at, value in seen.submit if start <= at < ended], 0.5),
        end_to_end=quantile([value for at, value in seen.end_to_end if start <= at < ended], 0.95),
        keeps_up=min(acknowledged, completed) >= _ENOUGH * offered - _ON_THE_WAY / (ended - start),
    )


def _limit(seen: Moments, step: Step) -> str:
    """The first part, on a task's way, before which tasks pile up in a step that is not kept up with."""
    if step.acknowledged < _ENOUGH * step.offered:
        return "The API, or the ledger behind it: submissions were not acknowledged as fast as they came."
    inside = [sample for at, sample in seen.samples if step.begun <= at < step.ended]
    if len(inside) < 2 or not inside[-1].states:
        return "Not known: the states of tasks were not sampled."
    gained = {
        state: inside[-1].states.get(state, 0) - inside[0].states.get(state, 0)
        for state in ("PENDING", "QUEUED", "STARTED")
    }
    # The window bounds what is published: behind slow workers tasks wait as PENDING as well, but then there
    # are QUEUED ones all the time.
    queued = quantile([sample.states.get("QUEUED", 0) for sample in inside], 0.5) or 0.0
    if max(gained.values()) <= 0:
        return "Not known: tasks piled up nowhere while the step lasted."
    if queued > max(sample.states.get("STARTED", 0) for sample in inside):
        return f"The workers: {number(queued)} published tasks waited for one, in the middle."
    return (
        "The relay, or the ledger behind it: tasks waited to be published while the queues were nearly empty."
    )


def _busy(seen: Moments, step: Step, cores: float | None) -> str:
    """A sentence on the cores that each part kept busy, on average; nothing where none were seen."""
    used: dict[str, list[float]] = {}
    for at, sample in seen.samples:
        if step.begun + _SETTLED * (step.ended - step.begun) <= at < step.ended:
            for part, much in sample.processor.items():
                used.setdefault(part, []).append(much)
    if not used:
        return ""
    means = sorted(((fmean(much), part) for part, much in used.items()), reverse=True)
    said = ", ".join(f"{part} {mean:.2g}" for mean, part in means)
    return f" Cores then: {said}{f'; the machine of the run has {number(cores)}' if cores else ''}."


def _says(highest: Step | None, past: Step | None) -> str:
    if highest is None:
        return "Not even the first step was kept up with."
    said = f"{number(highest.offered)} tasks a second were kept up with"
    if highest.end_to_end is not None:
        said += f", 95 % of them done within {duration(highest.end_to_end)}"
    if past is None:
        return f"{said}. That was the last step: the knee lies further up."
    return f"{said}; of {number(past.offered)} a second, {number(past.completed)} were completed."


def _sum(points: Points, start: float, end: float) -> float:
    return sum(much for at, much in points if start <= at < end)
