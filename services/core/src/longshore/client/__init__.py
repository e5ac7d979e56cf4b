"""Submit tasks and files over HTTP, and get their results.

    with Client("http://127.0.0.1:5000") as client:
        print(client.submit("add", 2, 3).result(timeout=10))

Every submission carries an id made here (UUIDv7), so an answer that got lost on the way is asked again
and the work is done once.
"""

from longshore.api_types import (
    Bulk,
    Cancelled,
    CancelOutcome,
    Explanation,
    Failure,
    Pause,
    Progress,
    Rejection,
    Retried,
    RetryOutcome,
    Running,
)
from longshore.catalogue import TaskSpec
from longshore.client.batches import BatchHandle
from longshore.client.bulk import Submission
from longshore.client.client import Client
from longshore.client.events import Event, Snapshot, TaskEvent
from longshore.client.problems import (
    ApiUnreachable,
    BadArguments,
    Conflict,
    FileChanged,
    Forbidden,
    NotFound,
    OutputBroken,
    Overloaded,
    Problem,
    Rejected,
    StillRunning,
    TaskFailed,
    TaskRevoked,
    TooLarge,
    Unauthorized,
    UnexpectedAnswer,
    UnusableKey,
    UploadBroken,
    UploadUnknown,
)
from longshore.client.shapes import Batch, Moment, Queue, Task, Worker
from longshore.client.tasks import Handle
from longshore.event_types import Away, Reset, Skipped

__all__ = [
    "ApiUnreachable",
    "Away",
    "BadArguments",
    "Batch",
    "BatchHandle",
    "Bulk",
    "CancelOutcome",
    "Cancelled",
    "Client",
    "Conflict",
    "Event",
    "Explanation",
    "Failure",
    "FileChanged",
    "Forbidden",
    "Handle",
    "Moment",
    "NotFound",
    "OutputBroken",
    "Overloaded",
    "Pause",
    "Problem",
    "Progress",
    "Queue",
    "Rejected",
    "Rejection",
    "Reset",
    "Retried",
    "RetryOutcome",
    "Running",
    "Skipped",
    "Snapshot",
    "StillRunning",
    "Submission",
    "Task",
    "TaskEvent",
    "TaskFailed",
    "TaskRevoked",
    "TaskSpec",
    "TooLarge",
    "Unauthorized",
    "UnexpectedAnswer",
    "UnusableKey",
    "UploadBroken",
    "UploadUnknown",
    "Worker",
]
