"""The worker: one greenlet a connection, none of which waits for a silent client for ever."""

import socket
from typing import TYPE_CHECKING, Any, Final

import gevent
from flask import Flask
from gunicorn.workers.base_async import AsyncWorker
from gunicorn.workers.ggevent import GeventWorker

from longshore_api.context import EXTENSION

if TYPE_CHECKING:
    from longshore_api.context import Api

_SILENCE: Final = 75.0
"""Seconds without a byte after which a connection is given up. Longer than an answer may be held back, and
than an upload's lease."""


class Worker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's gevent worker with a timeout on its sockets, and an end to event streams when it is stopped.

    Gunicorn itself sets no timeout once a request has begun: a client that stops sending or reading keeps its
    place.
    """

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Serve one connection."""
        client.settimeout(_SILENCE)
        AsyncWorker.handle(self, listener, client, addr)  # Not GeventWorker's: it takes timeouts off.

    def handle_exit(self, sig: int, frame: Any) -> None:
        """SIGTERM: take no more, finish what is being answered. A stream would never be finished."""
        super().handle_exit(sig, frame)
        app = getattr(self, "wsgi", None)  # It may be told before it has begun.
        if isinstance(app, Flask):
            api: Api = app.extensions[EXTENSION]
            gevent.spawn(api.hub.stop)  # A handler of signals must not wait for a lock.

    def timeout_ctx(self) -> gevent.Timeout:
        """How long a connection may take to ask again: not at all once we are to stop."""
        return super().timeout_ctx() if self.alive else gevent.Timeout(0, False)
