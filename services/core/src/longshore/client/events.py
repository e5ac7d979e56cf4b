"""What is heard on a stream of events, as a client reads it: times are datetimes in UTC."""

from datetime import datetime
from typing import Final

import msgspec

from longshore import event_types
from longshore.event_types import Away, Reset, Skipped


class TaskEvent(event_types.TaskEvent[datetime], frozen=True):
    """A task came into a state. `event_id` is the event's own, to listen on behind."""

    event_id: str = ""


class Snapshot(event_types.Snapshot[datetime], frozen=True):
    """What the whole looks like at `at`."""


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
