"""The store of marks: takes each down in a part of the history, counts it, then answers.

It is no part of what is tested, and nothing of what is tested is used in it.
"""

import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Final, Literal, Self

import msgspec
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from longshore_loadtest.history.reader import read
from longshore_loadtest.history.record import Mark
from longshore_loadtest.history.writer import Writer

_LARGEST: Final = 65_536


class Posted(msgspec.Struct, frozen=True):
    """What a task sends: a mark without what the store knows better."""

    event: Literal["begun", "ended"]
    id: str
    token: str
    line: int | None = None
    attempt: int = 1
    pid: int = 0
    host: str = ""
    value: Any = None


class Store:
    """Writes marks, once each, and counts the beginnings of each task and line."""

    def __init__(self, path: Path, run: str) -> None:
        """Go on with the part at `path`, if there is one: its counts and its tokens are known again."""
        self._lock = threading.Lock()
        self._begun = Counter[tuple[str, int | None]]()
        self._known: dict[tuple[str, str], int] = {}
        if path.exists() and path.stat().st_size:
            for entry in read(path).entries:
                if isinstance(entry.line, Mark):
                    self._note(entry.line)
        self._writer = Writer(path, run=run, part="marks")
        self._closed = False

    def take(self, posted: Posted) -> int:
        """Write a mark; returns which delivery it is of, from 1. Raises OSError where it cannot."""
        with self._lock:
            if self._closed:
                raise OSError("the store is closed")
            known = self._known.get((posted.token, posted.event))
            if known is not None:
                return known
            delivery = self._delivery(posted)
            mark = Mark(
                at=self._writer.now(),
                event=posted.event,
                id=posted.id,
                line=posted.line,
                attempt=posted.attempt,
                delivery=delivery,
                token=posted.token,
                pid=posted.pid,
                host=posted.host,
                value=posted.value,
            )
            self._writer.write(mark)
            self._note(mark)
            return delivery

    def _delivery(self, posted: Posted) -> int:
        if posted.event == "begun":
            return self._begun[posted.id, posted.line] + 1
        return self._known.get((posted.token, "begun"), 0)

    def _note(self, mark: Mark) -> None:
        self._known[mark.token, mark.event] = mark.delivery
        if mark.event == "begun":
            self._begun[mark.id, mark.line] += 1

    def close(self) -> None:
        """Close its part; it takes no mark any more."""
        with self._lock:
            self._closed = True
            self._writer.close()


class _Handler(BaseHTTPRequestHandler):
    store: ClassVar[Store]
    metrics: ClassVar[Callable[[], bytes]]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # an answer is one write

    def do_POST(self) -> None:  # the name http.server looks for
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != "/marks" or not 0 < length <= _LARGEST:
            self.close_connection = True
            self._answer(HTTPStatus.NOT_FOUND, {"problem": "POST /marks takes a mark"})
            return
        try:
            delivery = self.store.take(msgspec.json.decode(self.rfile.read(length), type=Posted))
        except msgspec.MsgspecError as error:
            self._answer(HTTPStatus.BAD_REQUEST, {"problem": str(error)})
        except OSError as error:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"problem": str(error)})
        else:
            self._answer(HTTPStatus.OK, {"delivery": delivery})

    def do_GET(self) -> None:
        """For Prometheus, and for probes."""
        if self.path.partition("?")[0] == "/metrics":
            self._send(HTTPStatus.OK, CONTENT_TYPE_LATEST, type(self).metrics())
        else:
            self._answer(HTTPStatus.OK, {"status": "ok"})

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""

    def _answer(self, status: HTTPStatus, told: dict[str, Any]) -> None:
        self._send(status, "application/json", msgspec.json.encode(told))

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # clients are killed on purpose
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        """End the connections that clients keep: their threads must not outlive the store."""
        for one in self._open.copy():
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class Server:
    """The store behind an address. In a `with` block it serves from a thread."""

    def __init__(
        self,
        path: Path,
        run: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        metrics: Callable[[], bytes] = bytes,
    ) -> None:
        """`port` 0 takes a free one. `metrics`: what it answers to Prometheus, none by default."""
        self._store = Store(path, run)
        handler = type("Handler", (_Handler,), {"store": self._store, "metrics": staticmethod(metrics)})
        self._http = _Server((host, port), handler)
        self._thread = threading.Thread(target=self.serve, name="marks", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self._http.server_address[:2]
        return f"http://{host!s}:{port}"

    def serve(self) -> None:
        """Serve until `stop`."""
        self._http.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """Let `serve` return; from another thread."""
        self._http.shutdown()

    def close(self) -> None:
        """Stop listening, and close the part."""
        self._http.server_close()
        self._http.hang_up()
        self._store.close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()
        self._thread.join()
        self.close()
