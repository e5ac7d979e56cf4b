"""What stands beside the release in the tests' namespace: their tasks, and a Redis for the tasks' marks."""

from pathlib import Path
from typing import Any, Final

from tests.cluster.values import MARKS

_WORK: Final = Path(__file__).with_name("work.py")


def namespace(name: str) -> dict[str, Any]:
    """A namespace in which only `restricted` pods may run."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def tasks(name: str = "test-tasks", file: Path = _WORK) -> dict[str, Any]:
    """A ConfigMap with tasks, as `work.py`."""
    return tasks_of(name, file.read_text())


def tasks_of(name: str, source: str) -> dict[str, Any]:
    """The same, from the text of `work.py`."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name},
        "data": {"work.py": source},
    }


def marks_server() -> list[dict[str, Any]]:
    """A Redis that keeps nothing on disk, and its service."""
    container = {
        "name": "redis",
        "image": "redis:8",
        "imagePullPolicy": "IfNotPresent",
        "command": ["redis-server", "--save", "", "--protected-mode", "no"],
        "ports": [{"containerPort": 6379}],
        "readinessProbe": {"tcpSocket": {"port": 6379}, "periodSeconds": 1},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
    }
    spec = {
        "containers": [container],
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 999,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }
    return [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "marks", "labels": MARKS}, "spec": spec},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "marks"},
            "spec": {"selector": MARKS, "ports": [{"port": 6379}]},
        },
    ]
