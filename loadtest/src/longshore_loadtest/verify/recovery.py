"""How long each fault was felt: the longest pause, the first success after it, the backlog drained."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf
from typing import Final, NamedTuple

from msgspec import Struct

from longshore_loadtest.history.record import Fault
from longshore_loadtest.verify.seen import Seen


class Recovery(Struct, frozen=True):
    """One fault, and what became of the work. Seconds; `at` and the like on the run's clock."""

    fault: str
    target: str
    begun_at: float
    healed_at: float | None
    """None: nothing tells that it was healed."""
    longest_pause: float | None
    """Between two completions, from the fault until the first one after it was over; None: there was none."""
    first_success_after: float | None
    """From the healing to the next completion; None: there was none after it."""
    drained_after: float | None
    """From the healing until no more waits than before the fault; None: not seen."""
    rate_kept: float | None
    """Tasks done a second from the fault to the healing, 5 s at least, by those in the 30 s before.

    Before: since the last fault was over. Without files: one of a thousand lines would be all there is. None
    where less than 5 s of either time were under load. A load that changes meanwhile changes it, too.
    """
    where: str


_BEFORE: Final = 30.0
"""Seconds before a fault with which the time of the fault is compared."""
_ENOUGH: Final = 5.0
"""Seconds below which a rate is an accident."""


class Span(NamedTuple):
    """When something was broken: from its beginning until it was whole again, or given up."""

    begun: float
    over: float
    fault: Fault
    where: str
    healed: float | None = None
    failed: bool = False
    """It could not be begun, but some of it may have been done."""


def spans(seen: Seen) -> list[Span]:
    """Every fault that was tried, in order. Without an end it lasts until the same one begins again."""
    found: list[Span] = []
    open_: dict[tuple[str, str], Span] = {}
    for entry in seen.faults:
        fault = entry.line
        key = fault.name, fault.target
        if fault.phase == "begun":
            if key in open_:
                found.append(open_[key]._replace(over=min(open_[key].over, entry.at)))
            open_[key] = Span(entry.at, inf, fault, entry.where)
        elif fault.phase == "ended" and key in open_:
            open_[key] = open_[key]._replace(over=entry.at)
        elif fault.phase == "healed" and key in open_:
            found.append(open_.pop(key)._replace(over=entry.at, healed=entry.at))
        elif fault.phase in ("given-up", "failed") and key in open_:
            found.append(open_.pop(key)._replace(over=entry.at, failed=fault.phase == "failed"))
    return sorted([*found, *open_.values()], key=lambda span: span.begun)


def recoveries(seen: Seen) -> list[Recovery]:
    """What each fault did to the flow of work, from the marks and the samples."""
    tasks = sorted(mark.at for task_history in seen.tasks.values() for mark in task_history.ended)
    lines = [mark.at for batch in seen.batches.values() for marks in batch.ended.values() for mark in marks]
    done = sorted(tasks + lines)
    asked = max((operation.invoke.at for operation in seen.operations), default=0.0)
    return [
        Recovery(
            fault=span.fault.name,
            target=span.fault.target,
            begun_at=span.begun,
            healed_at=span.healed,
            longest_pause=_longest_pause(done, span),
            first_success_after=_first_after(done, span.healed),
            drained_after=_drained_after(seen, span),
            rate_kept=_rate_kept(tasks, span, before, asked),
            where=span.where,
        )
        for span, before in _after_another(spans(seen))
        if not span.failed
    ]


def _after_another(spans: Iterable[Span]) -> Iterator[tuple[Span, float]]:
    """Each with when all before it were over; 0 for the first."""
    over = 0.0
    for span in spans:
        yield span, over
        over = max(over, span.over)


def _first_after(done: list[float], moment: float | None) -> float | None:
    if moment is None:
        return None
    index = bisect_left(done, moment)
    return done[index] - moment if index < len(done) else None


def _longest_pause(done: list[float], span: Span) -> float | None:
    since, until = bisect_right(done, span.begun), bisect_left(done, span.over)
    if until == len(done) and (since == until or span.over < inf):
        return None
    moments = [span.begun, *done[since : until + 1]]
    return max((after - before for before, after in pairwise(moments)), default=0.0)


def _drained_after(seen: Seen, span: Span) -> float | None:
    if span.healed is None:
        return None
    before = [sample.line.backlog for sample in seen.samples if sample.at <= span.begun]
    usual = before[-1] if before else 0
    drained = [
        sample.at for sample in seen.samples if sample.at >= span.healed and sample.line.backlog <= usual
    ]
    return drained[0] - span.healed if drained else None


def _rate_kept(done: list[float], span: Span, over: float, asked: float) -> float | None:
    """`over`: when the faults before were; `asked`: when the last thing was asked for, and the load ended."""
    start = max(span.begun - _BEFORE, over, done[0] if done else span.begun)
    end = min(max(span.over, span.begun + _ENOUGH), asked)
    if min(span.begun - start, end - span.begun) < _ENOUGH:
        return None
    before = bisect_left(done, span.begun) - bisect_left(done, start)
    if not before:
        return None
    during = bisect_left(done, end) - bisect_left(done, span.begun)
    return (during / (end - span.begun)) / (before / (span.begun - start))
