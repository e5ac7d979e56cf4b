"""The observer: notes every end that the ledger announces, while everything around it dies."""

import threading
import time
from types import TracebackType
from typing import Any, Self

import redis

from tests.faults.history import End

STREAM = "{longshore}:events"
TERMINAL = {"SUCCESS", "FAILURE", "REVOKED"}


class Observer:
    """Follows the stream of events with a client of its own, not with the code under test."""

    def __init__(self, url: str) -> None:
        # Any: redis-py's annotations say `bytes | str` of all that comes back.
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=5)
        self._ends: list[End] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="observer", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._redis.close()

    def ends(self) -> list[End]:
        """What has been announced so far."""
        return list(self._ends)

    def _follow(self) -> None:
        behind: bytes | str = "0"
        while not self._stop.is_set():
            try:
                answer = self._redis.xread({STREAM: behind}, count=500, block=200)
            except redis.RedisError:  # It is being killed, and will be back with the stream.
                self._stop.wait(0.05)
                continue
            now = time.monotonic()
            for _, entries in answer or []:
                for number, fields in entries:
                    behind = number
                    if (state := fields[b"s"].decode()) in TERMINAL:
                        self._ends.append(End(fields[b"i"].decode(), state, now))
