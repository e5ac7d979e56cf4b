"""The stream of events: every state a task came into, the newest ten thousand."""

from typing import Any

from longshore.ledger.connection import PREFIX, Connection
from longshore.ledger.shapes import Event


class Events:
    """Reads the stream."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, after: str = "$", count: int = 500, block: float | None = None) -> list[Event]:
        """Events behind id `after` (`$`: from now on, `0`: all kept), waiting up to `block` seconds."""
        stream = f"{PREFIX}:events"
        milliseconds = None if block is None else max(1, int(block * 1000))
        answer: Any = self._connection.guard(
            lambda: self._connection.redis.xread({stream: after}, count=count, block=milliseconds)
        )
        return [
            Event(
                id=id.decode(),
                task_id=fields[b"i"].decode(),
                state=fields[b"s"].decode(),
                queue=fields[b"q"].decode(),
                task=fields[b"n"].decode(),
            )
            for _, entries in answer or []
            for id, fields in entries
        ]

    def last_id(self) -> str:
        """Id of the newest event, to read on behind."""
        answer: Any = self._connection.guard(
            lambda: self._connection.redis.xrevrange(f"{PREFIX}:events", count=1)
        )
        return answer[0][0].decode() if answer else "0"
