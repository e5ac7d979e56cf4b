"""A Kubernetes API server as far as the faults need one: real HTTP, objects in memory, a kubelet's part."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]
SPACE = "longshore"
AGENTS = "longshore-chaos"


class Cluster:
    """What the server has. Requests are taken down as `METHOD path?query` with their body."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, Any, str]] = []
        self.objects: dict[str, Object] = {}
        """By their paths."""
        self.refused: dict[str, int] = {}
        """Statuses by `METHOD path`: what is answered instead."""
        self.agents_say = "begun\n"
        self.agents_phase = "Running"
        self.lock = threading.RLock()
        self._numbers = count(1)

    def add_workload(
        self, kind: str, component: str, replicas: int, *, pool: str | None = None, node: str = "n1"
    ) -> None:
        """A Deployment or StatefulSet with its pods, ready."""
        name = f"longshore-{component}" + (f"-{pool}" if pool else "")
        labels = {"app.kubernetes.io/instance": "longshore", "app.kubernetes.io/component": component}
        if pool:
            labels["longshore.dev/pool"] = pool
        self.objects[f"/apis/apps/v1/namespaces/{SPACE}/{kind}/{name}"] = {
            "metadata": {"name": name, "labels": labels, "generation": 1},
            "spec": {"replicas": replicas, "selector": {}, "template": {}, "serviceName": name},
            "status": {"observedGeneration": 1, "updatedReplicas": replicas, "replicas": replicas},
        }
        for _ in range(replicas):
            self.add_pod(name, labels, node)

    def add_pod(self, workload: str, labels: dict[str, str], node: str) -> str:
        """A ready pod of a workload, a minute old."""
        number = next(self._numbers)
        name = f"{workload}-{number}"
        born = (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.objects[f"/api/v1/namespaces/{SPACE}/pods/{name}"] = {
            "metadata": {"name": name, "uid": f"uid-{number}", "labels": labels, "creationTimestamp": born},
            "spec": {
                "nodeName": node,
                "containers": [{"name": "main", "env": [{"name": "TZ", "value": "UTC"}]}],
            },
            "status": {
                "phase": "Running",
                "podIP": f"10.0.0.{number}",
                "conditions": [{"type": "Ready", "status": "True"}],
                "containerStatuses": [
                    {
                        "name": "main",
                        "containerID": f"containerd://c{number}",
                        "restartCount": 0,
                        "ready": True,
                        "image": "i",
                        "imageID": "i",
                    }
                ],
            },
        }
        return name

    def add_node(self, name: str) -> None:
        """A ready node."""
        self.objects[f"/api/v1/nodes/{name}"] = {
            "metadata": {"name": name},
            "spec": {},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
        }

    def asked(self, method: str, piece: str) -> list[Any]:
        """Bodies of the requests of a method whose path has this in it."""
        return [body for line, body, _ in self.requests if line.startswith(f"{method} ") and piece in line]

    def pods(self, component: str) -> list[str]:
        """Names of the pods of a component."""
        found = [one for path, one in self.objects.items() if f"/{SPACE}/pods/" in path]
        return [
            one["metadata"]["name"]
            for one in found
            if one["metadata"]["labels"]["app.kubernetes.io/component"] == component
        ]

    def answer(self, method: str, url: str, body: Any) -> tuple[int, Any]:
        """What is answered: a status, and an object or the text of a log."""
        path, query = urlsplit(url).path, parse_qs(urlsplit(url).query)
        with self.lock:
            if status := self.refused.get(f"{method} {path}"):
                return status, {"message": "refused"}
            if method == "POST":
                return self._create(path, body)
            if path.endswith("/log"):
                return 200, self.agents_say
            name = path.removesuffix("/scale")
            if name in self.objects:
                return self._one(method, name, body)
            if method == "GET" and path.rpartition("/")[2] in (
                "pods",
                "nodes",
                "deployments",
                "statefulsets",
            ):
                return 200, {"kind": "List", "items": self._listed(path, query)}
            return 404, {"message": "not found"}

    def _one(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        found = self.objects[path]
        if method == "DELETE":
            wanted = ((body or {}).get("preconditions") or {}).get("uid")
            if wanted not in (None, found["metadata"]["uid"]):
                return 409, {"message": "the uid is another"}
            del self.objects[path]
            if f"/{SPACE}/" in path:  # its workload makes another
                labels = found["metadata"]["labels"]
                self.add_pod(found["metadata"]["name"].rpartition("-")[0], labels, "n2")
        if method == "PATCH":
            _merge(found, body)
        return 200, deepcopy(found)

    def _create(self, path: str, body: Any) -> tuple[int, Any]:
        if path.endswith("/eviction"):
            return self._one("DELETE", path.removesuffix("/eviction"), {})
        body = {**body, "status": {"phase": self.agents_phase}}
        body["metadata"]["uid"] = f"uid-{next(self._numbers)}"
        self.objects[f"{path}/{body['metadata']['name']}"] = body
        return 201, body

    def _listed(self, path: str, query: dict[str, list[str]]) -> Iterator[Object] | list[Object]:
        wanted = [part.partition("=") for part in query.get("labelSelector", [""])[0].split(",") if part]
        node = query.get("fieldSelector", [""])[0].removeprefix("spec.nodeName=")
        found = []
        for name, one in self.objects.items():
            labels = one["metadata"].get("labels", {})
            if name.rpartition("/")[0] != path or (node and one["spec"].get("nodeName") != node):
                continue
            if all(labels.get(key) == value if equal else key in labels for key, equal, value in wanted):
                found.append(deepcopy(one))
        return found


@contextmanager
def serving(cluster: Cluster) -> Iterator[str]:
    """Its URL, while it serves."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            kind = self.headers.get("Content-Type", "")
            cluster.requests.append((f"{self.command} {self.path}", body, kind))
            status, answer = cluster.answer(self.command, self.path, body)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _answer  # noqa: N815 - http.server's names

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: requests are on record."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def _merge(into: Object, patch: Object) -> None:
    for key, value in patch.items():
        if isinstance(value, dict):
            _merge(into.setdefault(key, {}), value)
        elif value is None:
            into.pop(key, None)
        else:
            into[key] = value
