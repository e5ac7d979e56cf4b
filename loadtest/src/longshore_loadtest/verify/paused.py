"""While a queue is paused, nothing of it begins."""

from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

from longshore_loadtest.history.reader import Entry
from longshore_loadtest.history.record import Fault, Mark
from longshore_loadtest.marks.answers import QUEUE
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.recovery import spans
from longshore_loadtest.verify.seen import Seen

_HANDED: Final = 1.5
"""Seconds after a pause's answer in which what was started before it may still begin: it is on its way to a
child of the pool. The lines of a chunk that was begun go on for about one."""

_LATE: Final = frozenset({"freeze", "clock-skew", "cut", "latency", "loss", "node-drain", "node-loss"})
"""Faults after which a worker begins late what it had started before."""


class _Pause(NamedTuple):
    """A time in which the queue was certainly paused."""

    since: float
    until: float
    where: list[str]


def check(seen: Seen) -> Finding:
    """No task and no line begins from shortly after a pause's answer until a resume is asked for."""
    broken = [(span.begun, span.over) for span in spans(seen) if _excuses(span.fault)]
    pauses = [
        pause
        for pause in _pauses(seen)
        if not any(begun < pause.until and over > pause.since - _HANDED for begun, over in broken)
    ]
    problems = [found for pause in pauses for found in _of(seen, pause)]
    return Finding("paused", "Nothing begins in a queue that is paused.", len(pauses), problems)


def _excuses(fault: Fault) -> bool:
    """Whether it delays a worker, or a ledger that is killed may have lost its last second, pauses too."""
    return "redis" in fault.target or fault.name in _LATE


def _pauses(seen: Seen) -> Iterator[_Pause]:
    asked = [one for one in seen.operations if one.invoke.line.queue == QUEUE]
    resumes = [one for one in asked if one.invoke.line.action == "resume" and not one.refused]
    for pause in asked:
        if pause.invoke.line.action != "pause" or pause.ok is None:
            continue
        later = [one for one in resumes if one.known_at >= pause.invoke.at]
        until = min((one.invoke.at for one in later), default=float("inf"))
        if pause.known_at + _HANDED < until < float("inf"):
            yield _Pause(pause.known_at + _HANDED, until, pause.where)


def _of(seen: Seen, pause: _Pause) -> Iterator[Problem]:
    for id, mark in _begun(seen):
        if pause.since < mark.at < pause.until:
            says = f"began {mark.at - pause.since + _HANDED:.1f} s after its queue was paused"
            yield problem(id, says, [*pause.where, mark.where])


def _begun(seen: Seen) -> Iterator[tuple[str, Entry[Mark]]]:
    for task_history in seen.tasks.values():
        if task_history.call and task_history.call.task.startswith(f"{QUEUE}."):  # it goes to that queue
            yield from ((task_history.id, mark) for mark in task_history.begun)
    for batch in seen.batches.values():
        yield from ((batch.id, mark) for mark in chain.from_iterable(batch.begun.values()))
