"""Follows the ledger's own stream of events into the history, with a client of its own."""

import threading
from types import TracebackType
from typing import Any, Self

import redis

from longshore_loadtest.history.record import CLOSED, OPENED, Event, Gap
from longshore_loadtest.history.writer import Writer

STREAM = "{longshore}:events"


class Watcher:
    """Hears everything from its first moment to its last: the ledger is not broken in these tests."""

    def __init__(self, url: str, writer: Writer) -> None:
        # Any: redis-py's annotations say `bytes | str` of all that comes back.
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=5)
        self._writer = writer
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="watcher", daemon=True)
        self.states: dict[str, str] = {}
        """The newest state of each task."""
        self.heard = 0

    def __enter__(self) -> Self:
        self._writer.write(Gap(at=self._writer.now(), process="ledger", reason=OPENED))
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.leave()

    def leave(self) -> None:
        """Hear no more; once is enough."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._thread.join()
        self._writer.write(Gap(at=self._writer.now(), process="ledger", reason=CLOSED))
        self._redis.close()

    def _follow(self) -> None:
        behind: bytes | str = "0"
        while not self._stop.is_set():
            for _, entries in self._redis.xread({STREAM: behind}, count=500, block=100) or []:
                for number, fields in entries:
                    behind = number
                    self._tell(number.decode(), *(fields[name].decode() for name in (b"i", b"s", b"q", b"n")))

    def _tell(self, stream: str, id: str, state: str, queue: str, task: str) -> None:
        self._writer.write(
            Event(
                at=self._writer.now(),
                process="ledger",
                stream=stream,
                id=id,
                state=state,
                queue=queue,
                task=task,
            )
        )
        self.states[id] = state
        self.heard += 1
