"""The worker: one greenlet a connection, none of which waits for a silent client for ever."""

import socket
from typing import Any, Final

from gunicorn.workers.base_async import AsyncWorker
from gunicorn.workers.ggevent import GeventWorker

_SILENCE: Final = 75.0
"""Seconds without a byte after which a connection is given up. Longer than an answer may be held back, and
than an upload's lease."""


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's gevent worker with a timeout on its sockets.

    Gunicorn itself sets none once a request has begun: a client that stops sending or reading keeps its
    place.
    """

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Serve one connection."""
        client.settimeout(_SILENCE)
        AsyncWorker.handle(self, listener, client, addr)  # Not GeventWorker's: it takes timeouts off.
