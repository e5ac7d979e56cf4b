"""Wrong: a result that is not the one, or one that no execution has earned."""

from longshore_loadtest.marks.answers import answer
from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory


def check(seen: Seen) -> Finding:
    """Every result is right, and an execution came to its end before it was recorded."""
    succeeded = [
        task_history
        for task_history in seen.tasks.values()
        if task_history.call
        and ((task_history.record and task_history.record.line.state == "SUCCESS") or _read(task_history))
    ]
    problems = [
        found for task_history in succeeded for found in (*_wrong(task_history), *_unearned(task_history))
    ]
    return Finding("wrong", "Every result is right, and some run returned it.", len(succeeded), problems)


def _read(task_history: TaskHistory) -> bool:
    return any(read.ok is not None and task_history.id in read.ok.results for read in task_history.reads)


def _wrong(task_history: TaskHistory) -> list[Problem]:
    assert task_history.call
    right = answer(task_history.call.task, task_history.call.args)
    if right is None:
        return []
    told = [
        (read.ok.results[task_history.id], read.where)
        for read in task_history.reads
        if read.ok is not None and task_history.id in read.ok.results
    ]
    if task_history.record and task_history.record.line.state == "SUCCESS":
        told.append((task_history.record.line.result, [task_history.record.where]))
    return [
        problem(
            task_history.id,
            f"{result!r} instead of {right}",
            [task_history.submissions[0].invoke.where, *lines],
        )
        for result, lines in told
        if result != right
    ]


def _unearned(task_history: TaskHistory) -> list[Problem]:
    if task_history.ended or task_history.record is None or task_history.record.line.state != "SUCCESS":
        return []
    assert task_history.call
    if answer(task_history.call.task, task_history.call.args) is None:
        return []  # A task of somebody else's: it leaves no marks.
    return [problem(task_history.id, "SUCCESS, and no run of it came to its end", task_history.evidence())]
