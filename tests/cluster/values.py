"""The values that the cluster tests install with: small, quick to react, a pool for each way to scale."""

import os
from typing import Any, Final

TAG: Final = os.environ.get("LONGSHORE_TEST_TAG", "dev")
"""Tag of the images under test; the cluster has them already."""
NEWER: Final = os.environ.get("LONGSHORE_TEST_NEWER_TAG", "newer")
"""The same images under another tag, to upgrade to."""
MARKS: Final = {"app.kubernetes.io/name": "marks"}
_TASKS: Final = {"configMap": "test-tasks", "files": ["work.py"]}
_TO_MARKS: Final = {"to": [{"podSelector": {"matchLabels": MARKS}}], "ports": [{"port": 6379}]}
_SMALL: Final = {"requests": {"cpu": "20m", "memory": "96Mi"}, "limits": {"memory": "512Mi"}}


def pool(queue: str, **more: Any) -> dict[str, Any]:
    """A pool of the tests' own tasks."""
    return {"queues": [queue], "tasks": _TASKS, "resources": _SMALL, "drainSeconds": 20, **more}


def values(**more: Any) -> dict[str, Any]:
    """Values of the release, with some keys given anew."""
    return {
        "image": {"tag": TAG},
        "workers": pools(),
        "networkPolicy": {"workerEgress": [_TO_MARKS]},
        **more,
    }


def pools(**more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The pools of the release, with some given anew."""
    return {
        "default": {"queues": ["add", "divide", "sleep"], "resources": _SMALL, "drainSeconds": 20},
        "marks": pool("marks", replicas=2),
        "burst": pool(
            "burst",
            autoscaling={
                "kind": "keda",
                "min": 0,
                "max": 3,
                "tasksPerPod": 100,
                "pollingSeconds": 2,
                "cooldownSeconds": 5,
            },
        ),
        **more,
    }
