"""Order: who comes first by priority, then age, is not overtaken by more than the window allows.

The window is what is in the broker and in workers' hands already. A task is judged when nothing was broken
while it waited: a copy that the broker lost is published again later, and is overtaken meanwhile.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.recovery import Span, spans
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory

_WINDOW: Final = 1000
"""LONGSHORE_WINDOW's default; settings of the main header say otherwise."""
_PER_WORKER: Final = 250
"""The window is at least so many for each worker; it holds up to half as many besides."""
_SETTLING: Final = 15.0
"""Seconds after a fault for which copies may still be missing."""


def check(seen: Seen) -> Finding:
    """Nobody is overtaken by more tasks than may be under way."""
    allowed = allowance(seen)
    disturbed = _Disturbed(spans(seen))
    queues: dict[str, list[TaskHistory]] = defaultdict(list)
    for task_history in seen.tasks.values():
        if task_history.begun and task_history.call and task_history.acknowledgement:
            queues[task_history.record.line.queue if task_history.record else ""].append(task_history)
    looked_at, problems = 0, list[Problem]()
    for task_histories in queues.values():
        for task_history, overtaken_by in _overtaken(task_histories):
            if _is_plain(task_history) and not disturbed.in_(*_waited(task_history)):
                looked_at += 1
                if overtaken_by > allowed:
                    says = f"overtaken by {overtaken_by} tasks that come after it; {allowed} may be under way"
                    problems.append(problem(task_history.id, says, task_history.evidence()))
    return Finding("order", "Priority, then age, beyond the window.", looked_at, problems)


def allowance(seen: Seen) -> int:
    """How many tasks may be under way: in the broker's window and in workers' hands."""
    workers = max((sample.line.workers for sample in seen.samples), default=0) or 1
    window = int(seen.history.header.settings.get("window", _WINDOW))
    return max(window, _PER_WORKER * workers) + _PER_WORKER * workers // 2


def _is_plain(task_history: TaskHistory) -> bool:
    """Whether it went the straight way, and nothing but the queue made it wait."""
    assert task_history.call
    delivered_once = task_history.record is None or task_history.record.line.deliveries == 1
    return (
        delivered_once
        and len(task_history.begun) == 1
        and not (task_history.call.delay or task_history.retries)
    )


class _Disturbed:
    """When something was broken. Looked up for each task: faults times tasks took minutes in a long run."""

    def __init__(self, broken: list[Span]) -> None:
        self._begun = [span.begun for span in broken]
        self._over = list(accumulate((span.over + _SETTLING for span in broken), max))

    def in_(self, since: float, until: float) -> bool:
        """Whether at any time between these."""
        begun_by_then = bisect_right(self._begun, until)
        return begun_by_then > 0 and self._over[begun_by_then - 1] >= since


def _waited(task_history: TaskHistory) -> tuple[float, float]:
    assert task_history.acknowledgement
    return task_history.acknowledgement.known_at, task_history.begun[0].at


def _overtaken(task_histories: list[TaskHistory]) -> Iterator[tuple[TaskHistory, int]]:
    """Each task with how many began while it waited though they come after it."""
    levels: dict[int, list[float]] = defaultdict(list)
    peers: dict[int, list[TaskHistory]] = defaultdict(list)
    for task_history in task_histories:
        assert task_history.call
        levels[task_history.call.priority].append(task_history.begun[0].at)
        peers[task_history.call.priority].append(task_history)
    for begun in levels.values():
        begun.sort()
    for priority, equals in peers.items():
        younger = _younger(equals)
        for task_history in equals:
            since, until = _waited(task_history)
            lower = sum(
                max(0, bisect_left(begun, until) - bisect_right(begun, since))
                for level, begun in levels.items()
                if level < priority
            )
            yield task_history, lower + younger[task_history.id]


def _younger(equals: list[TaskHistory]) -> dict[str, int]:
    """For each task, how many of the same priority were submitted after its 202 and began before it.

    In the order of beginning, with a Fenwick tree over the times of submission: two million comparisons for
    a hundred thousand tasks, where comparing each with each makes ten thousand million.
    """
    submitted = sorted(task_history.asked_at for task_history in equals)
    tree = [0] * (len(submitted) + 1)
    found: dict[str, int] = {}
    for count, task_history in enumerate(sorted(equals, key=lambda task_history: task_history.begun[0].at)):
        since, _ = _waited(task_history)
        found[task_history.id] = count - _sum(tree, bisect_left(submitted, since))
        _add(tree, bisect_left(submitted, task_history.asked_at) + 1)
    return found


def _sum(tree: list[int], until: int) -> int:
    total = 0
    while until > 0:
        total += tree[until]
        until -= until & -until
    return total


def _add(tree: list[int], at: int) -> None:
    while at < len(tree):
        tree[at] += 1
        at += at & -at
