"""Unexpected: what nobody asked for, or was certainly refused, and is there all the same."""

from collections.abc import Iterator

from longshore_loadtest.verify.finding import Finding, Problem, problem
from longshore_loadtest.verify.seen import FileHistory, Seen
from longshore_loadtest.verify.task_history import TaskHistory


def check(seen: Seen) -> Finding:
    """Nothing is recorded or run that was not requested."""
    tasks = [found for task_history in seen.tasks.values() if (found := _task(task_history))]
    batches = [found for batch in seen.batches.values() for found in _batch(batch)]
    looked_at = len(seen.tasks) + len(seen.batches)
    return Finding("unexpected", "Nothing was done that nobody asked for.", looked_at, [*tasks, *batches])


def _task(task_history: TaskHistory) -> Problem | None:
    there = bool(task_history.record or task_history.begun or task_history.ended or task_history.events)
    if task_history.may_exist or not there:
        return None
    lines = [*task_history.evidence(), *(event.where for event in task_history.events)]
    says = "there, though it was refused" if task_history.submissions else "there, though nobody submitted it"
    return problem(task_history.id, says, lines)


def _batch(batch: FileHistory) -> Iterator[Problem]:
    lines = [mark.where for marks in (*batch.begun.values(), *batch.ended.values()) for mark in marks]
    uploads = [where for upload in batch.uploads for where in upload.where]
    if (lines or batch.record) and not any(not upload.refused for upload in batch.uploads):
        record = [batch.record.where] if batch.record else []
        says = "there, though it was refused" if uploads else "there, though nobody uploaded it"
        yield problem(batch.id, says, [*uploads, *record, *lines])
        return
    count = max((upload.invoke.line.lines for upload in batch.uploads), default=0)
    for number in sorted(batch.begun.keys() | batch.ended.keys()):
        if not 1 <= number <= count:
            where = [mark.where for mark in (*batch.begun[number], *batch.ended[number])]
            yield problem(batch.id, f"line {number} was run; the file has {count}", [*uploads, *where])
