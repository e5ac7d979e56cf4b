"""What a client is sent: text/event-stream."""

from functools import lru_cache
from typing import Any, Final

import msgspec

from longshore.event_types import Away, Reset, Skipped, TaskEvent
from longshore.states import State
from longshore_ledger.events import position
from longshore_ledger.shapes import Event
from longshore_ledger.times import shown

_encode: Final = msgspec.json.Encoder().encode

MEDIA_TYPE: Final = "text/event-stream"

OPENING: Final = b"retry: 1000\n\n"
"""A browser whose stream broke comes back after so many ms."""

BEAT: Final = b":\n\n"
"""Nothing, said now and then: what lies between drops connections that are silent for long."""


def frame(event: str, data: Any, id: str = "") -> bytes:
    """An event of that name; `data` is encoded as JSON."""
    return encoded(event, _encode(data), id)


def encoded(event: str, data: bytes, id: str = "") -> bytes:
    """The same, of data that is JSON already."""
    return f"event: {event}\n".encode() + at(id) + b"data: " + data + b"\n\n"


def at(id: str) -> bytes:
    """The line that says where to resume from."""
    return f"id: {id}\n".encode() if id else b""


@lru_cache(maxsize=1024)  # many clients are sent the same at a time; as many as are read at once
def of_task(event: Event) -> bytes:
    """A task came into a state."""
    at = shown(position(event.id)[0] * 1000)
    return frame("task", TaskEvent(event.task_id, State(event.state), event.queue, event.task, at), event.id)


def away(reason: str) -> bytes:
    """The ledger cannot be asked; the stream waits for it."""
    return frame("away", Away(reason))


def reset(reason: str, id: str = "") -> bytes:
    """Something may have been missed: look at everything anew. The stream goes on from here."""
    return frame("reset", Reset(reason), id)


def skipped(count: int) -> bytes:
    """So many events were left out, older states of tasks or of more tasks than anybody can follow."""
    return frame("skipped", Skipped(count))


def dropped(reason: str) -> bytes:
    """The last word of a stream whose client does not keep up."""
    return frame("dropped", {"reason": reason})
