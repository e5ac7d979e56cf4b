"""The worker: one greenlet a connection, none of which waits for a silent client for ever."""

import socket
from typing import TYPE_CHECKING, Any, Final

import gevent
import structlog
from flask import Flask
from gunicorn import util
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.ggevent import GeventWorker

from longshore_api.connections.connection import Connection
from longshore_api.connections.places import Places
from longshore_api.context import EXTENSION
from longshore_api.errors import BodyTooSlow
from longshore_api.server.errors import refusal

if TYPE_CHECKING:
    from longshore_api.context import Api

HEAD_LIMIT: Final = 65_536
"""Largest head of a request, bytes: its headers together."""

_log = structlog.get_logger(__name__)


class _Request(Request):  # type: ignore[misc]  # gunicorn has no types
    """A request whose head is bounded as a whole: gunicorn's own bound is the product of its two limits."""

    @property
    def max_buffer_headers(self) -> int:
        return HEAD_LIMIT

    @max_buffer_headers.setter
    def max_buffer_headers(self, _: int) -> None:
        pass


class _Parser(RequestParser):  # type: ignore[misc]
    mesg_class = _Request


class Worker(GeventWorker):  # type: ignore[misc]
    """Gunicorn's gevent worker with bounds, and an end to event streams when it is stopped.

    Gunicorn itself sets no timeout once a request has begun: a client that stops sending or reading keeps its
    place.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = Places()

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """Serve one connection: HTTP/1.1, request after request."""
        connection = Connection(client, addr[0] if addr else "", self._places)
        self._places.enter(connection)
        request = None
        try:
            parser = _Parser(self.cfg, connection, addr)
            name = listener.getsockname()
            while True:
                request = None
                with self.timeout_ctx():
                    request = next(parser)
                if request is None:
                    break  # Its head did not come in time.
                connection.stay()
                self.handle_request(name, request, connection, addr)
                connection.end()
        except (StopIteration, NoMoreData, BodyTooSlow):
            pass  # Over, or gone, or silent.
        except OSError:
            pass  # The client went; what it was sent is nobody's any more.
        except (ParseException, Exception) as error:  # noqa: BLE001 - gunicorn's parser, or a defect
            self.handle_error(request, client, addr, error)
        finally:
            self._places.leave(connection)
            util.close(client)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Refuse what is no HTTP, as every other error is told."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        _log.warning("no HTTP", peer=addr[0] if addr else "", reason=str(exc))
        try:
            client.sendall(refusal(exc))
            # What was sent and not read would make the kernel throw the answer away with the connection.
            client.shutdown(socket.SHUT_WR)
            client.settimeout(1.0)
            for _ in range(64):
                if not client.recv(65_536):
                    break
        except OSError:
            pass

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
