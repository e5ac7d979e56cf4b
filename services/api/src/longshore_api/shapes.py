"""What the API answers where it is not a record of the ledger as it stands, and the documents around it."""

from typing import Any, Self

from msgspec import Struct

from longshore.catalogue import TaskSpec
from longshore.ledger.shapes import QueueView, WorkerView


class Problem(Struct, frozen=True):
    """What went wrong (RFC 9457). Fields of the error at hand stand beside these."""

    type: str
    title: str
    status: int
    detail: str


class Rejection(Struct, frozen=True):
    """A line of a bulk submission that was not taken."""

    line: int
    """Its number, from 1."""
    reason: str
    id: str | None = None


class BulkOutcome(Struct, frozen=True):
    """What became of a bulk submission."""

    accepted: int
    repeated: int
    """On record already with the same payload, from an earlier try."""
    rejected: list[Rejection]
    """The first thousand of them."""
    rejected_count: int


class Pause(Struct, frozen=True):
    """Who paused a queue, and when."""

    by: str
    at: str


class Queue(Struct, frozen=True):
    """A queue: its tasks by state, and what holds it."""

    name: str
    paused: bool
    pause: Pause | None
    counts: dict[str, int]
    outstanding: int
    """Copies in the broker that no worker has taken up."""
    oldest_at: str | None
    """Since when the task at the front has been due."""
    workers: int
    broker: dict[str, Any] | None
    """Ready messages and consumers, as the scheduler saw them `age` seconds ago."""

    @classmethod
    def of(cls, view: QueueView) -> Self:
        """Show the ledger's view."""
        return cls(
            name=view.name,
            paused=view.paused is not None,
            pause=Pause(**view.paused) if view.paused else None,
            counts=view.counts,
            outstanding=view.outstanding,
            oldest_at=view.oldest_at,
            workers=view.workers,
            broker=view.broker,
        )


class Running(Struct, frozen=True):
    """A task that a worker runs, since when."""

    id: str
    since: str | float


class Worker(Struct, frozen=True):
    """A worker as it last described itself."""

    id: str
    alive: bool
    seen_at: str
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

    @classmethod
    def of(cls, view: WorkerView) -> Self:
        """Show the ledger's view."""
        info = view.info
        return cls(
            id=view.id,
            alive=view.alive,
            seen_at=view.beat_at,
            host=info.get("host", ""),
            pid=info.get("pid", 0),
            queues=info.get("queues", []),
            concurrency=info.get("concurrency", 0),
            pool=info.get("pool", ""),
            version=info.get("version", ""),
            holds=view.running,
            running=info.get("running", []),
        )


class Queues(Struct, frozen=True):
    """All queues."""

    items: list[Queue]
    next: str | None = None


class Workers(Struct, frozen=True):
    """All workers."""

    items: list[Worker]
    next: str | None = None


class Catalogue(Struct, frozen=True):
    """All tasks that workers have published."""

    items: list[TaskSpec]
    next: str | None = None


class Stats(Struct, frozen=True):
    """Tasks by state, in all and by queue; workers that beat; copies the ledger does not know."""

    states: dict[str, int]
    queues: dict[str, dict[str, int]]
    workers: int
    parked: int


class Health(Struct, frozen=True):
    """Whether all is well: `ok`, or `degraded` with the part that is away."""

    status: str
    version: str
    ledger: str


class ShortStatus(Struct, frozen=True):
    """Where one task is."""

    id: str
    state: str


class FailedLine(Struct, frozen=True):
    """A line of a file that failed."""

    line: int
    reason: str
