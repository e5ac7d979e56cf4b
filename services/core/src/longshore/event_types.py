"""What the API sends in its stream of events: those of tasks, and snapshots. See `api_types`."""

from typing import Generic

from msgspec import Struct

from longshore.api_types import Time
from longshore.states import State


class TaskEvent(Struct, Generic[Time], frozen=True):
    """A task came into a state."""

    id: str
    state: State
    queue: str
    task: str
    at: Time


class Skipped(Struct, frozen=True):
    """So many events were left out, because more happened than is told: look for yourself if it matters."""

    count: int


class Reset(Struct, frozen=True):
    """Something may have been missed: look at everything anew. Events go on from here."""

    reason: str


class Away(Struct, frozen=True):
    """The ledger cannot be asked. When it is back, there is a `Reset`."""

    reason: str


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


class QueueNow(Struct, Generic[Time], frozen=True):
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
    oldest_at: Time | None
    """Since when the task at the front has been due."""
    outstanding: int
    """Copies in the broker that no worker has taken up."""


class WorkersNow(Struct, frozen=True):
    """Workers that beat, and that have ceased to; tasks they run, and how many they could run at once."""

    alive: int
    gone: int
    running: int
    capacity: int


class Interval(Struct, Generic[Time], frozen=True):
    """What happened in the `seconds` that end at `at`, and what waited and ran then."""

    at: Time
    seconds: float
    submitted: int
    succeeded: int
    failed: int
    revoked: int
    retried: int
    waiting: int
    started: int


class Snapshot(Struct, Generic[Time], frozen=True):
    """What the whole looks like at `at`."""

    at: Time
    states: dict[str, int]
    """Tasks by state."""
    rates: Rates
    wait: Quantiles | None
    """From the time a task could first start to its first start; None where none was started."""
    run: Quantiles | None
    queues: list[QueueNow[Time]]
    workers: WorkersNow
    broker_away: str | None
    """Why the broker cannot be reached, as the scheduler saw it."""
    parked: int
    """Copies that the ledger does not know."""
    interval: Interval[Time] | None
    """The newest of `GET /v1/stats/history`."""
