"""Lost: what was acknowledged and did not come to its right end."""

from typing import Final

from longshore_loadtest.marks.answers import RETRIES, failures
from longshore_loadtest.verify.finding import Finding, problem
from longshore_loadtest.verify.forgotten import may_be_forgotten
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import TaskHistory

WORKER_DIED: Final = "WorkerDied:"
MARK_NOT_WRITTEN: Final = "MarkNotWritten:"


def check(seen: Seen) -> Finding:
    """Every acknowledged task has ended, and as it was to end."""
    acknowledged = seen.acknowledged()
    problems = [
        problem(task_history.id, wrong, task_history.evidence())
        for task_history in acknowledged
        if (wrong := what_is_wrong(task_history))
        and not (task_history.record is None and may_be_forgotten(seen, task_history, seen.read_at))
    ]
    return Finding("lost", "What was acknowledged came to its right end.", len(acknowledged), problems)


def what_is_wrong(task_history: TaskHistory) -> str | None:
    """Why a task's end is not the right one; None where it is. The result itself is another check's."""
    if task_history.record is None:
        return "acknowledged, and not there at the end"
    record = task_history.record.line
    match record.state:
        case "SUCCESS":
            return None
        case "REVOKED":
            return None if task_history.may_be_cancelled else "REVOKED, and nobody cancelled it"
        case "FAILURE":
            return None if _may_fail(task_history) else f"FAILURE: {record.error}"
        case state:
            return f"still {state} at the end"


def _may_fail(task_history: TaskHistory) -> bool:
    assert task_history.record
    assert task_history.call
    call, record = task_history.call, task_history.record.line
    error = record.error or ""
    if error.startswith(MARK_NOT_WRITTEN):
        return True  # Its function raised, as it should when it can prove nothing. The verdict notes it.
    if error.startswith(WORKER_DIED):
        # The marks must bear out that it was running when its workers died. A worker that vanishes may
        # have started a task without beginning it, once: from then on the task runs alone.
        return record.crashes > 0 and task_history.executions_cut_short() >= record.crashes - 1
    retries = RETRIES if call.retries is None else call.retries
    return failures(call.task, call.args) > retries
