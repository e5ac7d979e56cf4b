"""The metrics port: what a part tells probes and Prometheus, over plain HTTP and without keys.

One server for every part; each says what is answered. Prometheus's own server knows /metrics only, and core
knows nothing of Prometheus.
"""

import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs, urlsplit

import structlog

from longshore.errors import LongshoreError

_PATIENCE: Final = 10.0
"""Seconds that a client may take to send its request, and to read the answer."""

log = structlog.get_logger()


class Answer(NamedTuple):
    """What a route answers."""

    body: bytes
    media_type: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK


Query = Mapping[str, list[str]]
Routes = Mapping[str, Callable[[Query], Answer]]
"""Path → what answers it. A LongshoreError is answered with its own status and words."""


def health(trouble: Callable[[], str | None]) -> Callable[[Query], Answer]:
    """A probe's route: 200, or 503 with what `trouble` says is wrong."""

    def answer(_: Query) -> Answer:
        reason = trouble()
        if reason is None:
            return Answer(b"ok\n")
        return Answer(f"{reason}\n".encode(), status=HTTPStatus.SERVICE_UNAVAILABLE)

    return answer


WAITING: Final[Routes] = {
    "/livez": health(lambda: None),
    "/readyz": health(lambda: "waiting for the ledger"),
}
"""For a part that has come up before its ledger, which is not its fault."""


class MetricsPort:
    """Listens from the beginning; answers from its own threads once it is told what."""

    def __init__(self, host: str, port: int) -> None:
        """Port 0 is none. Ends the process when the port cannot be had."""
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        if not port:
            return
        try:
            self._server = (_ServerOn6 if ":" in host else _Server)((host, port), _Handler)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SystemExit(
                f"LONGSHORE_METRICS_PORT: cannot listen on {host} port {port}: {reason}"
            ) from None

    def answer(self, routes: Routes) -> None:
        """Answer these, from now on. Not before a fork that is to answer them: threads stay behind."""
        if self._server is None:
            return
        self._server.routes = routes
        if self._thread is None:
            self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        if self._server is None:
            return
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self.routes: Routes = {}
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or was too slow: nothing to say."""


class _ServerOn6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        found = self._found(target.path, parse_qs(target.query))
        self.send_response(found.status)
        self.send_header("Content-Type", found.media_type)
        self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        self.wfile.write(found.body)

    def log_message(self, *_: Any) -> None:
        """Nothing: probes come every few seconds."""

    def _found(self, path: str, query: Query) -> Answer:
        route = self.server.routes.get(path)
        if route is None:
            known = " ".join(sorted(self.server.routes))
            return Answer(f"here are: {known}\n".encode(), status=HTTPStatus.NOT_FOUND)
        try:
            return route(query)
        except LongshoreError as error:
            return Answer(f"{error.detail}\n".encode(), status=error.status)
        except Exception:
            log.exception("the metrics port cannot answer", path=path)
            return Answer(b"the log says why\n", status=HTTPStatus.INTERNAL_SERVER_ERROR)
