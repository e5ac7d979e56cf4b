"""Run again: what ran after its end was on record, because that was forgotten."""

from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.forgotten import may_be_taken_anew
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory


def check(seen: Seen) -> Finding:
    """What has succeeded, and is forgotten, runs again only if it was submitted again."""
    ended = [task_history for task_history in seen.tasks.values() if _succeeded_at(task_history) is not None]
    problems = [found for task_history in ended if (found := _of(seen, task_history))]
    return Finding("again", "Nothing runs again because its end was forgotten.", len(ended), problems)


def _of(seen: Seen, task_history: TaskHistory) -> Problem | None:
    ended_at = _succeeded_at(task_history)
    assert ended_at is not None
    assert seen.retention is not None
    if may_be_taken_anew(seen, task_history, ended_at):
        return None
    late = [mark.where for mark in task_history.begun if mark.at > ended_at + seen.retention]
    return (
        problem(task_history.id, "run again when its end was forgotten", task_history.evidence())
        if late
        else None
    )


def _succeeded_at(task_history: TaskHistory) -> float | None:
    return min((event.at for event in task_history.events if event.line.state == "SUCCESS"), default=None)
