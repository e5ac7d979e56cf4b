"""How a task leaves its marks: an HTTP request to the store, which answers when the mark is written."""

import http.client
import os
import threading
import time
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

_PATIENCE: Final = 10.0
"""Seconds for which a mark is sent again while the store cannot be reached; then the task fails."""
_PAUSE: Final = 0.1
"""Seconds between two tries."""
_TIMEOUT: Final = 5.0


class MarkNotWritten(Exception):
    """The store did not take the mark: what it would have proved must not be believed."""


class Client:
    """Sends marks to the store at a URL. Threads and forked processes have connections of their own."""

    def __init__(self, url: str, *, patience: float = _PATIENCE) -> None:
        self._parts = urlsplit(url)
        self._patience = patience
        self._local = threading.local()

    def send(self, mark: dict[str, Any]) -> int:
        """Write a mark, and return which delivery it is of. Raises MarkNotWritten.

        It may be sent more than once: the store knows it by its token.
        """
        body = msgspec.json.encode(mark)
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return self._post(body)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if time.monotonic() >= deadline:
                    raise MarkNotWritten(f"{type(error).__name__}: {error}") from error
                time.sleep(_PAUSE)

    def close(self) -> None:
        """Close this thread's connection; the next mark makes another."""
        self._connection().close()
        self._local.connection = None

    def _post(self, body: bytes) -> int:
        connection = self._connection()
        connection.request("POST", "/marks", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= http.client.INTERNAL_SERVER_ERROR:
            raise http.client.HTTPException(f"{answer.status}: {text.decode(errors='replace')}")
        if answer.status != http.client.OK:
            raise MarkNotWritten(f"{answer.status}: {text.decode(errors='replace')}")
        return int(msgspec.json.decode(text)["delivery"])

    def _connection(self) -> http.client.HTTPConnection:
        known: tuple[int, http.client.HTTPConnection] | None = getattr(self._local, "connection", None)
        if known is not None and known[0] == os.getpid():
            return known[1]
        connection = http.client.HTTPConnection(
            self._parts.hostname or "127.0.0.1", self._parts.port or 80, timeout=_TIMEOUT
        )
        self._local.connection = (os.getpid(), connection)
        return connection
