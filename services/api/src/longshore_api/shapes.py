"""What the API answers where it is not a record of the ledger as it stands, and the documents around it."""

from typing import Any, Literal, Self

from msgspec import Struct

from longshore.catalogue import TaskSpec
from longshore.states import TO_BE_STARTED
from longshore_ledger.figures import Interval
from longshore_ledger.shapes import Moment, QueueView, WorkerView


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

    @property
    def waiting(self) -> int:
        """Tasks that no worker has."""
        return sum(self.counts[state] for state in TO_BE_STARTED)

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
    draining: bool = False
    """It stops, or was asked to."""

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
            draining=view.draining,
        )


class Queues(Struct, frozen=True):
    """All queues."""

    items: list[Queue]
    next: str | None = None


class Workers(Struct, frozen=True):
    """All workers."""

    items: list[Worker]
    next: str | None = None


class Timeline(Struct, frozen=True):
    """What happened to a task, in order."""

    items: list[Moment]
    next: str | None = None


class Cancelled(Struct, frozen=True):
    """What became of a request to cancel a task. `asked`: it runs, and was asked to stop."""

    id: str
    outcome: Literal["cancelled", "asked", "ended", "unknown", "chunk-of-batch"]


class CancelledTasks(Struct, frozen=True):
    """What became of each."""

    items: list[Cancelled]


class Retried(Struct, frozen=True):
    """What became of a request to run a task once more."""

    id: str
    outcome: Literal["retried", "not-failed", "unknown", "chunk-of-batch"]


class RetriedTasks(Struct, frozen=True):
    """What became of each."""

    items: list[Retried]


class Damaged(Struct, frozen=True):
    """A task whose definition cannot be read."""

    name: str
    reason: str


class Catalogue(Struct, frozen=True):
    """All tasks that workers have published."""

    items: list[TaskSpec]
    damaged: list[Damaged]
    """Those whose definition cannot be read. They cannot be submitted until a worker publishes a good one."""
    next: str | None = None


class Stats(Struct, frozen=True):
    """Tasks by state, in all and by queue; workers that beat; copies the ledger does not know."""

    states: dict[str, int]
    queues: dict[str, dict[str, int]]
    workers: int
    parked: int


class Rates(Struct, frozen=True):
    """Tasks a second, over about the last ten."""

    submitted: float
    succeeded: float
    failed: float


class Quantiles(Struct, frozen=True):
    """Seconds that half, 95 % and 99 % of the last five minutes' tasks did not exceed; about."""

    p50: float
    p95: float
    p99: float


class QueueNow(Struct, frozen=True):
    """A queue in a snapshot."""

    name: str
    paused: bool
    waiting: int
    """PENDING, RETRY and QUEUED."""
    started: int
    failed: int
    rate: float
    """Tasks that ended a second, well or not, over about the last ten."""
    workers: int
    oldest_at: str | None
    """Since when the task at the front has been due."""
    outstanding: int
    """Copies in the broker that no worker has taken up."""


class WorkersNow(Struct, frozen=True):
    """Workers that beat, and that have ceased to; tasks they run, and how many they could run at once."""

    alive: int
    gone: int
    running: int
    capacity: int


class Snapshot(Struct, frozen=True):
    """What the whole looks like at `at`."""

    at: str
    states: dict[str, int]
    rates: Rates
    wait: Quantiles | None
    """From the time a task could first start to its first start; none where none was started."""
    run: Quantiles | None
    queues: list[QueueNow]
    workers: WorkersNow
    broker_away: str | None
    """Why the broker cannot be reached, as the scheduler saw it."""
    parked: int
    """Copies that the ledger does not know."""
    interval: Interval | None
    """The newest of `GET /v1/stats/history`."""

    @property
    def waiting(self) -> int:
        """Tasks that no worker has."""
        return sum(self.states[state] for state in TO_BE_STARTED)


class History(Struct, frozen=True):
    """What happened in the last hour, the oldest first."""

    items: list[Interval]
    next: str | None = None


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
