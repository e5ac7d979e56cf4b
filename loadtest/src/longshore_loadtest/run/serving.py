"""A run's report over HTTP, for a while: from a pod, it is fetched through `kubectl port-forward`.

The report alone: the history beside it holds every argument and result, and there is no login.
"""

import threading
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

_REPORTS: Final = {
    "report.html": "text/html",
    "report.md": "text/markdown",
    "report.json": "application/json",
}


class _Reports(BaseHTTPRequestHandler):
    def __init__(self, folder: Path, *words: object) -> None:
        self._folder = folder
        super().__init__(*words)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Answer with one of the reports."""
        name = self.path.removeprefix("/") or "report.html"
        path = self._folder / name
        if name not in _REPORTS or not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND, f"There is /{', /'.join(_REPORTS)}")
            return
        body = path.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{_REPORTS[name]}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def serve(folder: Path, port: int, seconds: float) -> None:
    """Serve the reports in the folder on loopback, for so long."""
    with ThreadingHTTPServer(("127.0.0.1", port), partial(_Reports, folder)) as server:
        timer = threading.Timer(seconds, server.shutdown)
        timer.daemon = True
        timer.start()
        print(f"the report is at port {port} for {seconds:g} s: /report.html", flush=True)
        server.serve_forever()
