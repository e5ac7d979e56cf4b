"""As much of Kubernetes' API server as one loop asks: it patches annotations of the pods it has."""

import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import certifi

from longshore_scheduler.kubernetes import Pods


class ApiServer:
    """A real HTTP server over a dictionary of pods, and the account of who may ask it."""

    def __init__(self, account: Path) -> None:
        self.pods: dict[str, dict[str, str]] = {}
        """Name → annotations."""
        self.patches: list[tuple[str, str]] = []
        """Name and cost, in order."""
        self.asked: list[str] = []
        """Names that there is no pod of."""
        self.types: set[str] = set()
        self.refuses = False
        self._account = account
        account.mkdir()
        shutil.copy(certifi.where(), account / "ca.crt")
        (account / "namespace").write_text("harness")
        self.new_token("first")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def client(self) -> Pods:
        """Whoever runs in a pod of the namespace."""
        return Pods(f"http://127.0.0.1:{self._server.server_port}", self._account)

    def new_token(self, token: str) -> None:
        """Take no other one from now on."""
        self._token = token
        (self._account / "token").write_text(token)

    def patch(self, path: str, token: str | None, kind: str | None, body: Any) -> tuple[int, Any]:
        """Status and body of the answer."""
        self.types.add(kind or "")
        if token != f"Bearer {self._token}":
            return 401, {"message": "Unauthorized"}
        if self.refuses:
            return 403, {"message": "pods is forbidden"}
        name, _, part = path.partition("?")[0].removeprefix("/api/v1/namespaces/harness/pods/").partition("/")
        if part != "status":
            return 403, {"message": "pods is forbidden: the account may patch pods/status"}
        if name not in self.pods:
            self.asked.append(name)
            return 404, {"message": "not found"}
        self.pods[name] |= body["metadata"]["annotations"]
        self.patches += [(name, cost) for cost in body["metadata"]["annotations"].values()]
        return 200, {"metadata": {"annotations": self.pods[name]}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        patch = self.patch

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PATCH(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, answer = patch(
                    self.path, self.headers["Authorization"], self.headers["Content-Type"], body
                )
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        return Handler
