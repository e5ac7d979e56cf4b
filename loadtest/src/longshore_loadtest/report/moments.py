"""What there is to draw of a history: moments, sorted by what they are moments of."""

from dataclasses import dataclass, field

from longshore_loadtest.history.reader import seconds
from longshore_loadtest.history.record import Batch, Complete, Header, Record, Sample
from longshore_loadtest.report.skew import ahead
from longshore_loadtest.verify.seen import Seen
from longshore_loadtest.verify.task_history import Operation, TaskHistory

Points = list[tuple[float, float]]
"""Moments in seconds on the run's clock, each with a value: how many, or how many seconds."""


@dataclass
class Moments:
    """Of a bulk each task counts. Latencies stand where the work was due.

    Files are apart: one of a thousand lines is a moment beside which no load is seen.
    """

    offered: Points = field(default_factory=list)
    acknowledged: Points = field(default_factory=list)
    completed: Points = field(default_factory=list)
    uploaded: Points = field(default_factory=list)
    """Lines that were acknowledged."""
    lines: Points = field(default_factory=list)
    """Lines that were run."""
    submit: Points = field(default_factory=list)
    end_to_end: Points = field(default_factory=list)
    """From when a task was due until its result was recorded; tasks that needed one attempt."""
    queue_wait: Points = field(default_factory=list)
    file: Points = field(default_factory=list)
    """From when a file was due to be uploaded until its last line was done."""
    samples: list[tuple[float, Sample]] = field(default_factory=list)
    end: float = 0.0
    """When the last thing happened, other than that records were read back."""


def moments(seen: Seen) -> Moments:
    """Sort a history into points."""
    found = Moments(samples=[(entry.at, entry.line) for entry in seen.samples])
    after = Header | Record | Batch | Complete
    found.end = max(
        (entry.at for entry in seen.history.entries if not isinstance(entry.line, after)), default=0.0
    )
    for operation in seen.operations:
        _add_submission(found, operation)
    for file in seen.batches.values():
        ends = [min(mark.at for mark in marks) for marks in file.ended.values()]
        found.lines += [(at, 1.0) for at in ends]
        if ends and file.uploads and not file.cancels:
            asked = due(file.uploads[0])
            found.file.append((asked, max(ends) - asked))
    began = seen.history.began + ahead(seen)
    for task_history in seen.tasks.values():
        _add_task(found, task_history, began)
    return found


def due(operation: Operation) -> float:
    """When it was to be asked, on the run's clock: late questions count as waiting, not as less load."""
    at, line, *_ = operation.invoke
    return at if line.due is None else at - (line.at - line.due)


def _add_submission(found: Moments, operation: Operation) -> None:
    line, answer = operation.invoke.line, operation.outcome
    if line.action == "upload":
        if operation.ok and answer:
            found.uploaded.append((answer.at, line.lines))
        return
    if not line.calls:
        return
    found.offered.append((due(operation), len(line.calls)))
    if operation.ok and answer:
        accepted = len(line.calls if operation.ok.ids is None else operation.ok.ids)
        found.acknowledged.append((answer.at, accepted))
        found.submit.append((due(operation), answer.at - due(operation)))


def _add_task(found: Moments, task_history: TaskHistory, began: float) -> None:
    record = task_history.record.line if task_history.record else None
    if record is None or record.finished_at is None or record.state not in {"SUCCESS", "FAILURE"}:
        return
    finished = seconds(record.finished_at) - began
    found.completed.append((finished, 1.0))
    # Of a task that was retried, by itself or by hand, the times are those of its last attempt.
    if task_history.call is None or task_history.retries or record.attempt != 1:
        return
    asked = due(task_history.submissions[0])
    found.end_to_end.append((asked, max(0.0, finished - asked - task_history.call.delay)))
    if record.started_at and record.submitted_at:
        waited = seconds(record.started_at) - seconds(record.submitted_at) - task_history.call.delay
        found.queue_wait.append((asked, max(0.0, waited)))
