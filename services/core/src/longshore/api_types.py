"""What the API answers, for those who write it and those who read it alike.

A time is RFC 3339 in UTC with milliseconds: a text where it is written, a datetime where it is read. So what
holds one is generic in `Time`. Fields that a newer API adds are ignored.
"""

from enum import StrEnum
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from longshore.states import BatchState, State

Item = TypeVar("Item")
Time = TypeVar("Time")


class Page(Struct, Generic[Item], frozen=True):
    """One page of a list, and the cursor of the next; lists that are always whole have one page."""

    items: list[Item]
    next: str | None = None


# --- tasks


class Failure(Struct, frozen=True):
    """Why a task failed: the exception's class, its message and, where there was one, the traceback."""

    type: str
    message: str
    traceback: str = ""


class Progress(Struct, frozen=True):
    """How far a running task says it is."""

    done: int
    total: int


class Task(Struct, Generic[Time], frozen=True):
    """A task as the ledger has it. What has not happened, or does not apply, is None."""

    id: str
    task: str
    queue: str
    priority: int
    """0 to 9; 9 runs first."""
    state: State
    args: Any
    """A list, bound in order, or an object by parameter name."""
    result: Any
    """What the function returned, once the task is SUCCESS."""
    error: Failure | None
    attempt: int
    """The number of the attempt that runs or comes next, from 1."""
    deliveries: int
    crashes: int
    worker: str | None
    batch: str | None
    progress: Progress | None
    cancel_requested: str | None
    """Who asked a running task to stop."""
    released: str | None
    """Why it was last given back, while it waits because of it."""
    submitted_at: Time
    queued_at: Time | None
    started_at: Time | None
    finished_at: Time | None
    due_at: Time | None
    submitted_by: str | None = None
    """The name of the key that submitted it, where keys are asked for."""
    truncated: list[str] = field(default_factory=list)
    """Of `args`, `result` and `error` those that a list leaves out (null) because they are large; the task by
    itself has them."""
    damaged: str | None = None
    """Why its record cannot be read, where it cannot; the fields that could not be read are empty."""


class Moment(Struct, Generic[Time], frozen=True):
    """Something that happened to a task."""

    at: Time
    state: State
    """The one it came into, or, where it says why, stayed in."""
    worker: str | None
    """Whose run it was, where there was one."""
    attempt: int
    why: str | None


class Explanation(Struct, frozen=True):
    """Why a task is where it is, and what would move it."""

    id: str
    state: State
    reason: str
    advice: str
    facts: dict[str, Any] = field(default_factory=dict)


class CancelOutcome(StrEnum):
    """What became of a request to cancel."""

    CANCELLED = "cancelled"
    ASKED = "asked"
    """It runs, and was asked to stop."""
    ENDED = "ended"
    """It had ended before, and stays as it is."""
    UNKNOWN = "unknown"
    CHUNK_OF_BATCH = "chunk-of-batch"
    """Cancel the batch instead."""


class Cancelled(Struct, frozen=True):
    """What became of a request to cancel one of many tasks."""

    id: str
    outcome: CancelOutcome


class RetryOutcome(StrEnum):
    """What became of a request to run a task once more."""

    RETRIED = "retried"
    NOT_FAILED = "not-failed"
    """It has not ended, or has succeeded."""
    UNKNOWN = "unknown"
    CHUNK_OF_BATCH = "chunk-of-batch"
    """Retry the batch instead."""


class Retried(Struct, frozen=True):
    """What became of a request to run one of many tasks once more."""

    id: str
    outcome: RetryOutcome


class Rejection(Struct, frozen=True):
    """A task of a bulk submission that was not taken."""

    line: int
    """Its number, from 1."""
    reason: str
    id: str | None = None


class Bulk(Struct, frozen=True):
    """What became of a bulk submission."""

    accepted: int
    repeated: int
    """On record already with the same payload, from an earlier try."""
    rejected: list[Rejection]
    """The first thousand of each request."""
    rejected_count: int


# --- batches


class Batch(Struct, Generic[Time], frozen=True):
    """A file of calls. `total`, `done` and `failed` count lines; `done` counts the failed ones too."""

    id: str
    task: str
    queue: str
    priority: int
    """0 to 9; 9 runs first."""
    state: BatchState
    total: int
    done: int
    failed: int
    filename: str
    created_at: Time
    finished_at: Time | None
    revoked: str | None = None
    """Why it is REVOKED, or, while it is RUNNING, why what of it ran again is not to."""
    damaged: str | None = None
    """Why its record cannot be read, where it cannot; the fields that could not be read are empty."""
    submitted_by: str | None = None
    """The name of the key that uploaded it, where keys are asked for."""


# --- queues and workers


class Pause(Struct, Generic[Time], frozen=True):
    """Who paused a queue, and when."""

    by: str
    at: Time


class Queue(Struct, Generic[Time], frozen=True):
    """A queue: its tasks by state, and what holds it."""

    name: str
    paused: bool
    pause: Pause[Time] | None
    counts: dict[str, int]
    outstanding: int
    """Copies in the broker that no worker has taken up."""
    oldest_at: Time | None
    """Since when the task at the front has been due."""
    workers: int
    broker: dict[str, Any] | None
    """Ready messages and consumers, as the scheduler saw them `age` seconds ago."""


class Running(Struct, frozen=True):
    """A task that a worker runs, since when."""

    id: str
    since: str | float


class Worker(Struct, Generic[Time], frozen=True):
    """A worker as it last described itself."""

    id: str
    alive: bool
    seen_at: Time
    host: str
    pid: int
    queues: list[str]
    concurrency: int
    pool: str
    version: str
    holds: int
    """Tasks that are STARTED in its name."""
    running: list[Running]
    """Those it was running at its last beat."""
    draining: bool = False
    """It stops, or was asked to."""
