"""A terminal state is changed by nothing but a recorded retry, and SUCCESS by nothing at all."""

from typing import NamedTuple

from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.forgotten import TERMINAL, may_be_taken_anew
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory


class _Sight(NamedTuple):
    """A state that somebody saw: it was so at some time between the two."""

    since: float
    until: float
    state: str
    where: list[str]


def check(seen: Seen) -> Finding:
    """What has ended stays as it ended."""
    ended = [task_history for task_history in seen.tasks.values() if _sights(task_history)]
    problems = [
        found
        for task_history in ended
        if (found := _stream(seen, task_history) or _looks(seen, task_history))
    ]
    return Finding("changed", "A task that has ended changes by a retry only.", len(ended), problems)


def _stream(seen: Seen, task_history: TaskHistory) -> Problem | None:
    """The ledger's own events are in order, however late they were heard."""
    end = None
    for event in task_history.events:
        state = event.line.state
        anew = end is not None and may_be_taken_anew(seen, task_history, end.at)
        if end is not None and state not in TERMINAL and not anew:  # A second end is a matter of completions.
            retried = task_history.retries_until(event.at)
            if end.line.state == "SUCCESS" or not retried:
                says = f"{end.line.state}, then {state}" + (" without a retry" if not retried else "")
                return problem(task_history.id, says, [end.where, event.where])
        end = event if state in TERMINAL else None
    return None


def _looks(seen: Seen, task_history: TaskHistory) -> Problem | None:
    """Looks from outside, one begun after another was over."""
    sights = _sights(task_history)
    for earlier in sights:
        for later in sights:
            if earlier.state not in TERMINAL or later.state == earlier.state or later.since < earlier.until:
                continue
            if may_be_taken_anew(seen, task_history, earlier.until):
                continue
            retried = task_history.retries_until(later.until)
            if earlier.state == "SUCCESS" or not retried:
                says = f"{earlier.state}, later {later.state}" + (" without a retry" if not retried else "")
                return problem(task_history.id, says, [*earlier.where, *later.where])
    return None


def _sights(task_history: TaskHistory) -> list[_Sight]:
    sights = [
        _Sight(read.invoke.at, read.known_at, read.ok.states[task_history.id], read.where)
        for read in task_history.reads
        if read.ok is not None and task_history.id in read.ok.states
    ]
    # An event tells that its state was there before it was heard; not when, so it is never the later look.
    sights += [
        _Sight(float("-inf"), event.at, event.line.state, [event.where]) for event in task_history.events
    ]
    if task_history.record:
        at, state = task_history.record.at, task_history.record.line.state
        sights.append(_Sight(at, at, state, [task_history.record.where]))
    return sights
