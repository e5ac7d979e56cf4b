"""No task is run more often than the deliveries that the installation counted; how often tasks were run."""

from collections import Counter

from longshore_loadtest.verify.finding import Finding, problem
from longshore_loadtest.verify.forgotten import may_have_lived_twice
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory


def check(seen: Seen) -> Finding:
    """Every run was counted."""
    recorded = [task_history for task_history in seen.tasks.values() if task_history.record]
    problems = [
        problem(task_history.id, f"run {runs} times; {told} deliveries counted", task_history.evidence())
        for task_history in recorded
        if (runs := len(task_history.begun)) > (told := _deliveries(task_history))
        and not may_have_lived_twice(seen, task_history)
    ]
    return Finding("uncounted", "The deliveries told are at least the runs.", len(recorded), problems)


def histogram(seen: Seen) -> dict[int, int]:
    """How many acknowledged tasks were run how many times."""
    return dict(sorted(Counter(len(task_history.begun) for task_history in seen.acknowledged()).items()))


def _deliveries(task_history: TaskHistory) -> int:
    assert task_history.record
    return task_history.record.line.deliveries
