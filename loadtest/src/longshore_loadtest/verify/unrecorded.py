"""A 202 without a record: acknowledged, and unknown when it was asked for."""

from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.forgotten import may_be_forgotten
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory


def check(seen: Seen) -> Finding:
    """What is acknowledged is on record from then on."""
    acknowledged = seen.acknowledged()
    problems = [found for task_history in acknowledged for found in _of(seen, task_history)]
    return Finding("unrecorded", "A 202 means that there is a record.", len(acknowledged), problems)


def _of(seen: Seen, task_history: TaskHistory) -> list[Problem]:
    answered = task_history.acknowledgement
    assert answered
    if task_history.record is None and not may_be_forgotten(seen, task_history, seen.read_at):
        return [problem(task_history.id, "no record at the end", [*answered.where, *task_history.evidence()])]
    return [
        problem(task_history.id, "no record when it was read", [*answered.where, *read.where])
        for read in task_history.reads
        if read.invoke.at >= answered.known_at
        and read.did_not_find(task_history.id)
        and not may_be_forgotten(seen, task_history, read.known_at)
    ]
