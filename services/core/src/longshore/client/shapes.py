"""What the API answers, typed. Fields that a newer API adds are ignored."""

from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from longshore.states import BatchState, State

T = TypeVar("T")


class Failure(Struct, frozen=True):
    """Why a task failed: the exception's class, its message and, where there was one, the traceback."""

    type: str = ""
    message: str = ""
    traceback: str | None = None


class Progress(Struct, frozen=True):
    """How far a running task says it is."""

    done: float
    total: float | None = None


class Task(Struct, frozen=True):
    """A task as the ledger has it. Times are UTC; None where it has not happened."""

    id: str
    task: str
    queue: str
    state: State
    priority: int = 4
    args: list[Any] | dict[str, Any] | None = field(default_factory=list)
    result: Any = None
    error: Failure | None = None
    attempt: int = 0
    deliveries: int = 0
    crashes: int = 0
    worker: str | None = None
    batch: str | None = None
    key: str | None = None
    progress: Progress | None = None
    cancel_requested: str | None = None
    """Who asked a running task to stop."""
    released: str | None = None
    """Why it was last given back, while it waits because of it."""
    submitted_at: datetime | None = None
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    due_at: datetime | None = None
    submitted_by: str | None = None
    """The name of the key that submitted it."""
    truncated: list[str] = field(default_factory=list)
    """Of `args`, `result` and `error` those that a list leaves out, as they are large: see `Client.task`."""
    damaged: str | None = None
    """Why its record cannot be read, where it cannot."""


class Moment(Struct, frozen=True):
    """Something that happened to a task: the state it came into, whose run it was, and why if known."""

    at: datetime
    state: State
    worker: str | None = None
    attempt: int = 0
    why: str | None = None


class Outcome(Struct, frozen=True):
    """What became of one of many tasks."""

    id: str
    outcome: str


class Batch(Struct, frozen=True):
    """A file of calls. `total`, `done` and `failed` count lines; `done` counts the failed ones too."""

    id: str
    task: str
    state: BatchState
    total: int = 0
    done: int = 0
    failed: int = 0
    queue: str | None = None
    filename: str | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None
    revoked: str | None = None
    """Why it is REVOKED: the upload broke off, or it was cancelled."""
    submitted_by: str | None = None
    """The name of the key that uploaded it."""


class Rejection(Struct, frozen=True):
    """A task of a bulk submission that was not taken: its place, counted from 1, and the reason."""

    line: int
    reason: str
    id: str | None = None


class Bulk(Struct, frozen=True):
    """What became of a bulk submission. `repeated` were on record already, from an earlier try."""

    accepted: int = 0
    repeated: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    """The first thousand of each request."""
    rejected_count: int = 0


class Pause(Struct, frozen=True):
    """Who paused a queue, and when."""

    by: str = ""
    at: datetime | None = None


class Queue(Struct, frozen=True):
    """A queue: its tasks by state, and what holds it."""

    name: str
    paused: bool = False
    pause: Pause | None = None
    counts: dict[str, int] = field(default_factory=dict)
    outstanding: int = 0
    """Copies in the broker that no worker has taken up."""
    oldest_at: datetime | None = None
    """Since when the task that waits at the front has been due."""
    workers: int = 0
    broker: dict[str, Any] | None = None
    """Ready messages and consumers, as the scheduler saw them `age` seconds ago."""


class Running(Struct, frozen=True):
    """A task that a worker runs, since when."""

    id: str
    since: str | float


class Worker(Struct, frozen=True):
    """A worker as it last described itself. `running` is from its last beat, `holds` from the ledger."""

    id: str
    alive: bool
    seen_at: datetime
    host: str = ""
    pid: int = 0
    queues: list[str] = field(default_factory=list)
    concurrency: int = 0
    pool: str = ""
    version: str = ""
    holds: int = 0
    running: list[Running] = field(default_factory=list)
    draining: bool = False
    """It stops, or was asked to."""


class TaskInfo(Struct, frozen=True):
    """A task that can be submitted, as its worker published it."""

    name: str
    queue: str
    summary: str = ""
    parameters: list[str] = field(default_factory=list)
    schema: dict[str, Any] = field(default_factory=dict)
    """JSON Schema of the object of its parameters."""
    timeout: float | None = None
    retries: int = 0


class Explanation(Struct, frozen=True):
    """Why a task is where it is, what to do about it, and the facts behind both."""

    reason: str
    advice: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Page(Struct, Generic[T], frozen=True):
    """One page of a list, and the cursor of the next."""

    items: list[T]
    next: str | None = None
