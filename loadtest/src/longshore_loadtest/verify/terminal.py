"""A terminal state is changed by nothing but a recorded retry, and SUCCESS by nothing at all."""

from typing import NamedTuple

from longshore_loadtest.verify.completions import TERMINAL
from longshore_loadtest.verify.course import Course
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.seen import Seen


class _Sight(NamedTuple):
    """A state that somebody saw: it was so at some time between the two."""

    since: float
    until: float
    state: str
    where: list[str]


def check(seen: Seen) -> Finding:
    """What has ended stays as it ended."""
    ended = [course for course in seen.tasks.values() if _sights(course)]
    problems = [found for course in ended if (found := _stream(course) or _looks(course))]
    return Finding("changed", "A task that has ended changes by a retry only.", len(ended), problems)


def _stream(course: Course) -> Problem | None:
    """The ledger's own events are in order, however late they were heard."""
    end = None
    for event in course.events:
        state = event.line.state
        if end is not None and state not in TERMINAL:  # A second end is a matter of completions.
            retried = course.retries_until(event.at)
            if end.line.state == "SUCCESS" or not retried:
                says = f"{end.line.state}, then {state}" + (" without a retry" if not retried else "")
                return problem(course.id, says, [end.where, event.where])
        end = event if state in TERMINAL else None
    return None


def _looks(course: Course) -> Problem | None:
    """Looks from outside, one begun after another was over."""
    sights = _sights(course)
    for earlier in sights:
        for later in sights:
            if earlier.state not in TERMINAL or later.state == earlier.state or later.since < earlier.until:
                continue
            retried = course.retries_until(later.until)
            if earlier.state == "SUCCESS" or not retried:
                says = f"{earlier.state}, later {later.state}" + (" without a retry" if not retried else "")
                return problem(course.id, says, [*earlier.where, *later.where])
    return None


def _sights(course: Course) -> list[_Sight]:
    sights = [
        _Sight(read.invoke.at, read.known_at, read.ok.states[course.id], read.where)
        for read in course.reads
        if read.ok is not None and course.id in read.ok.states
    ]
    # An event tells that its state was there before it was heard; not when, so it is never the later look.
    sights += [_Sight(float("-inf"), event.at, event.line.state, [event.where]) for event in course.events]
    if course.record:
        at, state = course.record.at, course.record.line.state
        sights.append(_Sight(at, at, state, [course.record.where]))
    return sights
