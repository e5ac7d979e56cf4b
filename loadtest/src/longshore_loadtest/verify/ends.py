"""Lost: what was acknowledged and did not come to its right end."""

from typing import Final

from longshore_loadtest.marks.answers import RETRIES, failures
from longshore_loadtest.verify.course import Course
from longshore_loadtest.verify.finding import Finding, problem
from longshore_loadtest.verify.seen import Seen

WORKER_DIED: Final = "WorkerDied:"
MARK_NOT_WRITTEN: Final = "MarkNotWritten:"


def check(seen: Seen) -> Finding:
    """Every acknowledged task has ended, and as it was to end."""
    acknowledged = seen.acknowledged()
    problems = [
        problem(course.id, wrong, course.evidence())
        for course in acknowledged
        if (wrong := what_is_wrong(course))
    ]
    return Finding("lost", "What was acknowledged came to its right end.", len(acknowledged), problems)


def what_is_wrong(course: Course) -> str | None:
    """Why a task's end is not the right one; None where it is. The result itself is another check's."""
    if course.record is None:
        return "acknowledged, and not there at the end"
    record = course.record.line
    match record.state:
        case "SUCCESS":
            return None
        case "REVOKED":
            return None if course.may_be_cancelled else "REVOKED, and nobody cancelled it"
        case "FAILURE":
            return None if _may_fail(course) else f"FAILURE: {record.error}"
        case state:
            return f"still {state} at the end"


def _may_fail(course: Course) -> bool:
    assert course.record
    assert course.call
    call, record = course.call, course.record.line
    error = record.error or ""
    if error.startswith(MARK_NOT_WRITTEN):
        return True  # Its function raised, as it should when it can prove nothing. The verdict notes it.
    if error.startswith(WORKER_DIED):
        # The marks must bear out that it was running when its workers died. A worker that vanishes may
        # have started a task without beginning it, once: from then on the task runs alone.
        return record.deaths > 0 and course.executions_cut_short() >= record.deaths - 1
    retries = RETRIES if call.retries is None else call.retries
    return failures(call.task, call.args) > retries
