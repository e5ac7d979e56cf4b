"""What is heard on a stream of events. Fields that a newer API adds are ignored."""

from datetime import datetime
from typing import Final

import msgspec
from msgspec import Struct, field

from longshore.states import State


class TaskEvent(Struct, frozen=True):
    """A task came into a state. `event_id` is the event's own, to listen on behind."""

    id: str
    state: State
    queue: str
    task: str
    at: datetime
    event_id: str = ""


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

    submitted: float = 0.0
    succeeded: float = 0.0
    failed: float = 0.0


class Quantiles(Struct, frozen=True):
    """Seconds that half, 95 % and 99 % of the last five minutes' tasks did not exceed; about."""

    p50: float
    p95: float
    p99: float


class QueueNow(Struct, frozen=True):
    """A queue in a snapshot."""

    name: str
    paused: bool = False
    waiting: int = 0
    started: int = 0
    failed: int = 0
    rate: float = 0.0
    """Tasks that ended a second, well or not."""
    workers: int = 0
    oldest_at: datetime | None = None
    """Since when the task that waits at the front has been due."""
    outstanding: int = 0


class WorkersNow(Struct, frozen=True):
    """Workers that beat, and that have ceased to; tasks they run, and how many they could run at once."""

    alive: int = 0
    gone: int = 0
    running: int = 0
    capacity: int = 0


class Snapshot(Struct, frozen=True):
    """What the whole looks like at `at`."""

    at: datetime
    states: dict[str, int] = field(default_factory=dict)
    rates: Rates = Rates()
    wait: Quantiles | None = None
    """From the time a task could first start to its first start, s."""
    run: Quantiles | None = None
    queues: list[QueueNow] = field(default_factory=list)
    workers: WorkersNow = WorkersNow()
    broker_away: str | None = None
    """Why the broker cannot be reached, as the scheduler saw it."""
    parked: int = 0
    """Copies that the ledger does not know."""


Event = TaskEvent | Skipped | Reset | Away | Snapshot

_SHAPES: Final[dict[str, type[Event]]] = {
    "task": TaskEvent,
    "skipped": Skipped,
    "reset": Reset,
    "away": Away,
    "snapshot": Snapshot,
}


def event_of(name: str, data: str, event_id: str) -> Event | None:
    """The event of that name, its data being JSON; None for one that this client does not know.

    Raises msgspec.MsgspecError.
    """
    shape = _SHAPES.get(name)
    if shape is None:
        return None
    event = msgspec.json.decode(data, type=shape)
    return msgspec.structs.replace(event, event_id=event_id) if isinstance(event, TaskEvent) else event
