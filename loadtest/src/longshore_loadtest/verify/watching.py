"""Events: none out of order, and none missing for those who listened the whole time."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, cast

from longshore.states import MOVES, State
from longshore_loadtest.history.reader import Entry, seconds
from longshore_loadtest.history.record import CLOSED, OPENED, Event, Gap
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.forgotten import may_have_lived_twice
from longshore_loadtest.verify.seen import Seen, position
from longshore_loadtest.verify.skew import ahead
from longshore_loadtest.verify.task_history import TaskHistory

_SLACK: Final = 6.0
"""Seconds that an event may take: the API holds some back for five while there are too many."""
_FIRST: Final = State.PENDING


@dataclass(slots=True)
class Stretch:
    """What a watcher heard between two gaps."""

    opened: Entry[Gap]
    heard: list[Entry[Event]] = field(default_factory=list)
    closed: Entry[Gap] | None = None
    """None: its last line is an event, it was killed."""

    @property
    def whole(self) -> bool:
        """Whether nothing was left out in it: what is skipped is so before the gap that tells of it."""
        return (
            self.opened.line.reason == OPENED
            and self.closed is not None
            and self.closed.line.reason == CLOSED
        )

    def wants(self, task_history: TaskHistory) -> bool:
        """Whether the watcher asked for this task's events, all of them."""
        assert task_history.call
        asked = dict(self.opened.line.filter)
        known = {"id": task_history.id, "task": task_history.call.task}
        if task_history.record:
            known["queue"] = task_history.record.line.queue
        return all(known.get(name) == value for name, value in asked.items())

    def covers(self, task_history: TaskHistory, zero: float) -> bool:
        """Whether someone listened from before the submission until after the end.

        `zero` is where the run's clock is 0 on the ledger's, s since 1970.
        """
        if not task_history.record or not task_history.record.line.finished_at or self.closed is None:
            return False
        finished = seconds(task_history.record.line.finished_at) - zero
        return self.opened.at <= task_history.asked_at and finished + _SLACK <= self.closed.at

    def surely_heard(self, task_history: TaskHistory) -> bool:
        """Whether it was connected before the submission.

        A connection is made some time after OPENED, or made again, unnoticed, before it has told anything to
        resume behind. It is there from the first event on.
        """
        return bool(self.heard) and self.heard[0].at <= task_history.asked_at


def check(seen: Seen) -> Finding:
    """Every stretch is in order; the whole ones tell each task's way from its first state to its last."""
    stretches = {watcher: list(_stretches(lines)) for watcher, lines in seen.heard.items()}
    problems = [
        found for watcher, several in stretches.items() for one in several for found in _order(watcher, one)
    ]
    zero = seen.history.began + ahead(seen)
    watched = 0
    for watcher, several in stretches.items():
        for stretch in several:
            if stretch.whole:
                ways = _ways(stretch)
                for task_history in _covered(seen, stretch, zero):
                    way, surely = ways.get(task_history.id, []), stretch.surely_heard(task_history)
                    if way or surely:
                        watched += 1
                        problems += _way(watcher, stretch, task_history, way, from_the_first=surely)
    return Finding("events", "Who listens hears every state, in order.", watched, problems)


def _stretches(lines: list[Entry[Event | Gap]]) -> Iterator[Stretch]:
    stretch: Stretch | None = None
    for entry in lines:
        if isinstance(entry.line, Event):
            if stretch is not None:
                stretch.heard.append(cast("Entry[Event]", entry))
            continue
        gap = cast("Entry[Gap]", entry)
        if stretch is not None:
            stretch.closed = gap
            yield stretch
        stretch = None if gap.line.reason == CLOSED else Stretch(gap)
    if stretch is not None:
        yield stretch


def _order(watcher: str, stretch: Stretch) -> Iterator[Problem]:
    before: Entry[Event] | None = None
    for event in stretch.heard:
        if before is not None and position(event.line.stream) <= position(before.line.stream):
            says = f"event {event.line.stream} was heard after {before.line.stream}"
            yield problem(watcher, says, [before.where, event.where])
        before = event


def _covered(seen: Seen, stretch: Stretch, zero: float) -> Iterator[TaskHistory]:
    id = stretch.opened.line.filter.get("id")
    # Thousands listen to one task each: to look through all tasks for each of them took minutes.
    task_histories = seen.tasks.values() if id is None else [seen.tasks[id]] if id in seen.tasks else []
    for task_history in task_histories:
        if may_have_lived_twice(seen, task_history):
            continue
        if (
            task_history.acknowledgement
            and stretch.wants(task_history)
            and stretch.covers(task_history, zero)
        ):
            yield task_history


def _ways(stretch: Stretch) -> dict[str, list[Entry[Event]]]:
    ways: dict[str, list[Entry[Event]]] = defaultdict(list)
    for event in stretch.heard:
        ways[event.line.id].append(event)
    return ways


def _way(
    watcher: str,
    stretch: Stretch,
    task_history: TaskHistory,
    way: list[Entry[Event]],
    *,
    from_the_first: bool,
) -> Iterator[Problem]:
    assert task_history.record
    closed = [stretch.closed.where] if stretch.closed else []
    lines = [stretch.opened.where, *(event.where for event in way), task_history.record.where, *closed]
    states = [event.line.state for event in way]
    if not states:
        yield problem(task_history.id, f"{watcher} heard nothing of it", lines)
    elif from_the_first and states[0] != _FIRST:
        yield problem(task_history.id, f"{watcher} heard {states[0]} first, not {_FIRST}", lines)
    elif states[-1] != task_history.record.line.state:
        says = f"{watcher} heard {states[-1]} last; it is {task_history.record.line.state}"
        yield problem(task_history.id, says, lines)
    for before, after in pairwise(states):
        if not _may_follow(before, after):
            yield problem(task_history.id, f"{watcher} heard {after} after {before}: one is missing", lines)
            return


def _may_follow(before: str, after: str) -> bool:
    if before == after == State.STARTED:
        return True  # Taken over from a worker that died.
    return after in MOVES.get(State(before), ()) if before in State.__members__ else False
