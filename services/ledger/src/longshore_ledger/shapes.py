"""What comes out of the ledger: tasks, batches, queues, workers and events as everybody sees them."""

from typing import Any, Literal

import msgspec

from longshore import api_types
from longshore.states import TO_BE_STARTED


class Line(msgspec.Struct, frozen=True):
    """One line of a batch's output. `text` is the result, or the reason why there is none."""

    number: int
    kind: Literal["value", "error", "blank", "missing"]
    text: str


class Task(api_types.Task[str], frozen=True):
    """A task as everybody sees it. `args` and `result` are `msgspec.Raw`: JSON as it was recorded."""


class Moment(api_types.Moment[str], frozen=True):
    """Something that happened to a task."""


class Batch(api_types.Batch[str], frozen=True):
    """A batch as everybody sees it. `done` counts the failed lines too."""


class Queue(api_types.Queue[str], frozen=True):
    """A queue: its tasks by state, and what holds it."""

    @property
    def waiting(self) -> int:
        """Tasks that no worker has."""
        return sum(self.counts[state] for state in TO_BE_STARTED)


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


class Page(api_types.Page[Task], frozen=True):
    """One page of tasks; `next` is the cursor of the one after it."""

    scanned: int = 0
    """Rows that were looked at one by one for it; 0 where an index knew."""


class BatchPage(api_types.Page[Batch], frozen=True):
    """One page of batches."""


class Event(msgspec.Struct, frozen=True):
    """A task came into a state. `id` is the event's own, to go on behind."""

    id: str
    task_id: str
    state: str
    queue: str
    task: str
