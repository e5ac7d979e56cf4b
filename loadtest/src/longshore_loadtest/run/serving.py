"""A run's folder at an address, for a while: from a pod, a report is fetched over HTTP."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def serve(folder: Path, port: int, seconds: float) -> None:
    """Serve what is in the folder to whoever reaches the port, for so long."""
    with ThreadingHTTPServer(("", port), partial(_Quiet, directory=str(folder))) as server:
        timer = threading.Timer(seconds, server.shutdown)
        timer.daemon = True
        timer.start()
        print(f"the report is at port {port} for {seconds:g} s: /report.html", flush=True)
        server.serve_forever()
