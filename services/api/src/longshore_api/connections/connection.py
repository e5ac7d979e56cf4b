"""A client's connection, with an end to how long it may keep a place without saying anything useful."""

import socket
import time
from contextlib import suppress
from typing import Any, Final, Protocol

from flask import request

from longshore_api.errors import BodyTooSlow

SILENCE: Final = 75.0
"""Seconds without a byte after which a connection is given up. Longer than an answer may be held back, and
than an upload's lease."""


class Keeper(Protocol):
    """Who gives places, and takes them away: `Places`."""

    def stays(self, connection: "Connection") -> None:
        """It is being served now."""

    def may_go(self, connection: "Connection") -> None:
        """It waits for its client now."""


class Connection:
    """The socket, as gunicorn uses it."""

    def __init__(self, client: socket.socket, peer: str, places: Keeper) -> None:
        client.settimeout(SILENCE)
        self.peer = peer
        self.for_probes_only = False
        """All other places are taken: nothing but a probe is answered here."""
        self._socket = client
        self._places = places
        self._deadline: float | None = None
        self._seconds = SILENCE

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def recv(self, size: int) -> bytes:
        """Receive some bytes. Raises BodyTooSlow when nothing came for long, or the body's time is over."""
        left = SILENCE if self._deadline is None else self._deadline - time.monotonic()
        self._socket.settimeout(max(0.001, min(SILENCE, left)))
        try:
            return self._socket.recv(size)
        except TimeoutError:
            raise BodyTooSlow(seconds=round(self._seconds)) from None
        finally:
            self._socket.settimeout(SILENCE)

    def stay(self) -> None:
        """Keep the place until the request is answered."""
        self._places.stays(self)

    def hurry(self, seconds: float) -> None:
        """Give the whole of a body so long from now on, and the place away if somebody else needs it."""
        self._seconds, self._deadline = seconds, time.monotonic() + seconds
        self._places.may_go(self)

    def wait(self) -> None:
        """Let the body take as long as it likes while something comes."""
        self._seconds, self._deadline = SILENCE, None
        self._places.stays(self)

    def end(self) -> None:
        """The request is answered."""
        self._seconds, self._deadline = SILENCE, None
        self._places.may_go(self)

    def cut(self) -> None:
        """End it from outside: whoever reads from it or writes to it finds it closed."""
        with suppress(OSError):  # It may have gone by itself.
            self._socket.shutdown(socket.SHUT_RDWR)


def of_request() -> Connection | None:
    """The connection on which this request came; None in a test without a server."""
    found = request.environ.get("gunicorn.socket")
    return found if isinstance(found, Connection) else None
