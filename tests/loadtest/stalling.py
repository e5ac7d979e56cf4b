"""An API that lets nobody go until enough wait at once: who sends only after an answer never gets there."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


class Stalled:
    """Counts who waits."""

    def __init__(self, enough: int) -> None:
        self._enough = enough
        self._waiting = 0
        self._gate = threading.Condition()
        self.let_go = False

    def wait(self) -> None:
        """Wait until there are enough, or the test has no more time."""
        with self._gate:
            self._waiting += 1
            if self._waiting >= self._enough:
                self.let_go = True
                self._gate.notify_all()
            self._gate.wait_for(lambda: self.let_go, timeout=30)


class _Handler(BaseHTTPRequestHandler):
    stalled: ClassVar[Stalled]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.stalled.wait()
        self._answer(202, {"accepted": 0, "repeated": 0, "rejected": [], "state": "PENDING"})

    def do_GET(self) -> None:
        self._answer(404, {"type": "urn:longshore:no-such-task"})

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def stalling_api(enough: int) -> Iterator[tuple[str, Stalled]]:
    """Its URL, and what it has seen."""
    stalled = Stalled(enough)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stalled": stalled}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", stalled
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
