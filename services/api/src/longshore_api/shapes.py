"""What the API answers where it is not a record of the ledger as it stands, and the documents around it."""

from typing import Self

from msgspec import Struct

from longshore import api_types, event_types
from longshore.api_types import Cancelled, Page, Retried
from longshore.catalogue import TaskSpec
from longshore.event_types import Interval
from longshore.states import TO_BE_STARTED
from longshore_ledger.shapes import Moment, Queue, WorkerView


class Problem(Struct, frozen=True):
    """What went wrong (RFC 9457). Fields of the error at hand stand beside these."""

    type: str
    title: str
    status: int
    detail: str


class Worker(api_types.Worker[str], frozen=True):
    """A worker as it last described itself."""

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


class Queues(Page[Queue], frozen=True):
    """All queues."""


class Workers(Page[Worker], frozen=True):
    """All workers."""


class Timeline(Page[Moment], frozen=True):
    """What happened to a task, in order."""


class CancelledTasks(Struct, frozen=True):
    """What became of each."""

    items: list[Cancelled]


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


class Snapshot(event_types.Snapshot[str], frozen=True):
    """What the whole looks like at `at`."""

    @property
    def waiting(self) -> int:
        """Tasks that no worker has."""
        return sum(self.states[state] for state in TO_BE_STARTED)


class History(Page[Interval[str]], frozen=True):
    """What happened in the last hour, the oldest first."""


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
