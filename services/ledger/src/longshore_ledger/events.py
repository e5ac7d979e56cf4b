"""The stream of events: every state a task came into, the newest ten thousand."""

from enum import Enum
from typing import Any, Final

import redis

from longshore_ledger.connection import PREFIX, Connection
from longshore_ledger.shapes import Event

_STREAM: Final = f"{PREFIX}:events"


class Place(Enum):
    """Where an event's id lies."""

    KEPT = "kept"
    """All that came after it is still there."""
    TRIMMED = "trimmed"
    """What came right after it may have been forgotten."""
    BEYOND = "beyond"
    """This ledger has never come so far: it is another one, or an older state of this one."""


class Events:
    """Reads the stream."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, after: str = "$", count: int = 500, block: float | None = None) -> list[Event]:
        """Events behind id `after` (`$`: from now on, `0`: all kept), waiting up to `block` seconds."""
        milliseconds = None if block is None else max(1, int(block * 1000))
        answer: Any = self._connection.guard(
            lambda: self._connection.redis.xread({_STREAM: after}, count=count, block=milliseconds)
        )
        return [event for _, entries in answer or [] for event in map(_event, entries)]

    def between(self, after: str, until: str, count: int = 500) -> list[Event]:
        """The first events behind id `after`, up to and with `until`: what happened, as far as it is kept."""
        answer: Any = self._connection.guard(
            lambda: self._connection.redis.xrange(_STREAM, min=f"({after}", max=until, count=count)
        )
        return list(map(_event, answer))

    def last_id(self) -> str:
        """Id of the newest event, to read on behind."""
        answer: Any = self._connection.guard(lambda: self._connection.redis.xrevrange(_STREAM, count=1))
        return answer[0][0].decode() if answer else "0"

    def place(self, id: str) -> Place:
        """Where `id` lies; it is as `read` and `last_id` give them."""
        known: Any = self._connection.guard(self._describe)
        asked = position(id)
        if asked > position(known["last-generated-id"]):
            return Place.BEYOND
        if known["first-entry"] and asked >= position(known["first-entry"][0]):
            return Place.KEPT
        whole = known["length"] == known["entries-added"]
        return Place.KEPT if whole and asked == (0, 0) else Place.TRIMMED

    def _describe(self) -> dict[str, Any]:
        try:
            known: dict[str, Any] = self._connection.redis.xinfo_stream(_STREAM)
        except redis.ResponseError as error:
            if "no such key" not in str(error):
                raise
            return {"last-generated-id": b"0-0", "first-entry": None, "length": 0, "entries-added": 0}
        return known


def _event(entry: tuple[bytes, dict[bytes, bytes]]) -> Event:
    id, fields = entry

    def text(field: bytes) -> str:  # Empty where it is missing: one event that was damaged stops nobody.
        return fields.get(field, b"").decode(errors="replace")

    return Event(id=id.decode(), task_id=text(b"i"), state=text(b"s"), queue=text(b"q"), task=text(b"n"))


def position(id: str | bytes) -> tuple[int, int]:
    """An event's id as something to compare: milliseconds since 1970, and a number within them."""
    milliseconds, _, number = (id.decode() if isinstance(id, bytes) else id).partition("-")
    return int(milliseconds), int(number or 0)
