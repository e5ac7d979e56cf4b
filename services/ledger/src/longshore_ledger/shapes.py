"""What comes out of the ledger: tasks, batches, queues, workers and events as everybody sees them."""

from typing import Any, Literal

import msgspec

from longshore.states import BatchState, State


class Line(msgspec.Struct, frozen=True):
    """One line of a batch's output. `text` is the result, or the reason why there is none."""

    number: int
    kind: Literal["value", "error", "blank", "missing"]
    text: str


class TaskError(msgspec.Struct, frozen=True):
    """Why a task failed."""

    type: str
    message: str
    traceback: str = ""


class Progress(msgspec.Struct, frozen=True):
    """How far a running task says it is."""

    done: int
    total: int


class Task(msgspec.Struct, frozen=True):
    """A task as everybody sees it. Times are RFC 3339 in UTC with milliseconds."""

    id: str
    task: str
    queue: str
    priority: int
    state: State
    args: msgspec.Raw
    result: msgspec.Raw | None
    error: TaskError | None
    attempt: int
    deliveries: int
    crashes: int
    worker: str | None
    batch: str | None
    progress: Progress | None
    cancel_requested: str | None
    released: str | None
    """Why it was last given back, while it waits because of it."""
    submitted_at: str
    queued_at: str | None
    started_at: str | None
    finished_at: str | None
    due_at: str | None
    submitted_by: str | None = None
    """The name of the key that submitted it, where keys are asked for."""
    truncated: list[str] = []
    """Of `args`, `result` and `error` those that a list leaves out (null) because they are large; the task by
    itself has them."""
    damaged: str | None = None
    """Why its record cannot be read, where it cannot; the fields that could not be read are empty."""


class Moment(msgspec.Struct, frozen=True):
    """Something that happened to a task."""

    at: str
    state: State
    """The one it came into, or, where it says why, stayed in."""
    worker: str | None
    """Whose run it was, where there was one."""
    attempt: int
    why: str | None


class Batch(msgspec.Struct, frozen=True):
    """A batch as everybody sees it. `done` counts the failed lines too."""

    id: str
    task: str
    queue: str
    priority: int
    state: BatchState
    total: int
    done: int
    failed: int
    filename: str
    created_at: str
    finished_at: str | None
    revoked: str | None = None
    """Why it is REVOKED, or, while it is RUNNING, why what of it ran again is not to."""
    damaged: str | None = None
    """Why its record cannot be read, where it cannot; the fields that could not be read are empty."""
    submitted_by: str | None = None
    """The name of the key that uploaded it, where keys are asked for."""


class QueueView(msgspec.Struct, frozen=True):
    """A queue: its tasks by state, and what holds it."""

    name: str
    paused: dict[str, str] | None
    """`{"by", "at"}` while it is paused."""
    counts: dict[str, int]
    outstanding: int
    """Copies in the broker that no worker has taken up."""
    oldest_at: str | None
    """Since when the task at the front has been due."""
    workers: int
    broker: dict[str, Any] | None
    """Ready messages and consumers, as the scheduler saw them `age` seconds ago."""


class WorkerView(msgspec.Struct, frozen=True):
    """A worker as it last described itself."""

    id: str
    alive: bool
    beat_at: str
    running: int
    info: dict[str, Any]
    draining: bool = False
    """It stops, or was asked to."""

    @property
    def serves(self) -> bool:
        """Whether it takes work. One of an earlier version does, though it was asked to drain."""
        return self.alive and not self.info.get("draining")


class Explanation(msgspec.Struct, frozen=True):
    """Why a task is where it is, and what would move it."""

    id: str
    state: State
    reason: str
    advice: str
    facts: dict[str, Any] = msgspec.field(default_factory=dict)


class Page(msgspec.Struct, frozen=True):
    """One page of tasks; `next` is the cursor of the one after it."""

    items: list[Task]
    next: str | None
    scanned: int = 0
    """Rows that were looked at one by one for it; 0 where an index knew."""


class BatchPage(msgspec.Struct, frozen=True):
    """One page of batches."""

    items: list[Batch]
    next: str | None


class Event(msgspec.Struct, frozen=True):
    """A task came into a state. `id` is the event's own, to go on behind."""

    id: str
    task_id: str
    state: str
    queue: str
    task: str
