"""Submit tasks and files over HTTP, and get their results.

    with Client("http://127.0.0.1:5000") as client:
        print(client.submit("add", 2, 3).result(timeout=10))

Every submission carries an id made here (UUIDv7), so an answer that got lost on the way is asked again
and the work is done once.
"""

from longshore.client.batches import BatchHandle
from longshore.client.bulk import Submission
from longshore.client.client import Client
from longshore.client.events import Away, Event, Reset, Skipped, Snapshot, TaskEvent
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
from longshore.client.shapes import (
    Batch,
    Bulk,
    Explanation,
    Failure,
    Moment,
    Outcome,
    Pause,
    Progress,
    Queue,
    Rejection,
    Running,
    Task,
    TaskInfo,
    Worker,
)
from longshore.client.tasks import Handle

__all__ = [
    "ApiUnreachable",
    "Away",
    "BadArguments",
    "Batch",
    "BatchHandle",
    "Bulk",
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
    "Outcome",
    "OutputBroken",
    "Overloaded",
    "Pause",
    "Problem",
    "Progress",
    "Queue",
    "Rejected",
    "Rejection",
    "Reset",
    "Running",
    "Skipped",
    "Snapshot",
    "StillRunning",
    "Submission",
    "Task",
    "TaskEvent",
    "TaskFailed",
    "TaskInfo",
    "TaskRevoked",
    "TooLarge",
    "Unauthorized",
    "UnexpectedAnswer",
    "UnusableKey",
    "UploadBroken",
    "UploadUnknown",
    "Worker",
]
