"""A port of the cluster on this machine, by `kubectl port-forward`: it works with every cluster.

kubectl holds on to a pod that is going, and to its dead end when it is gone. So a second kubectl waits for
that, and ours begins again with the next pod; meanwhile connections are refused, as they would be to anybody.
"""

import subprocess
import threading
from types import TracebackType
from typing import Final, Self

from tests.cluster.kubectl import Refused, get
from tests.services.ports import free_port

_PAUSE: Final = 0.2
_GOING: Final = "--for=jsonpath={.metadata.deletionTimestamp}"


class Forward:
    """A forward to `target` (`service/x`, `pod/y`), for as long as it is entered."""

    def __init__(self, namespace: str, target: str, port: int) -> None:
        self.port = free_port()
        self._namespace = namespace
        self._target = target
        self._theirs = port
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"forward {target}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _keep(self) -> None:
        while not self._stop.wait(_PAUSE):
            pod = self._pod()
            if pod is not None:
                self._forward(pod)

    def _forward(self, pod: str) -> None:
        """Until the pod is going, or either command ends."""
        commands = [
            ["kubectl", "port-forward", "-n", self._namespace, f"pod/{pod}", f"{self.port}:{self._theirs}"],
            ["kubectl", "wait", "-n", self._namespace, f"pod/{pod}", _GOING, "--timeout=1h"],
        ]
        running = [
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for command in commands
        ]
        while all(process.poll() is None for process in running) and not self._stop.wait(_PAUSE):
            pass
        for process in running:
            process.terminate()
            process.wait()

    def _pod(self) -> str | None:
        """A pod behind the target that is ready and stays."""
        kind, _, name = self._target.partition("/")
        try:
            if kind == "pod":
                found = [get("pod", name, "-n", self._namespace)]
            else:
                selector = get("service", name, "-n", self._namespace)["spec"]["selector"]
                labels = ",".join(f"{key}={value}" for key, value in selector.items())
                found = get("pods", "-n", self._namespace, "-l", labels)["items"]
        except Refused:
            return None
        ready = {"type": "Ready", "status": "True"}
        return next(
            (
                str(pod["metadata"]["name"])
                for pod in found
                if "deletionTimestamp" not in pod["metadata"]
                and any(ready.items() <= one.items() for one in pod["status"].get("conditions", []))
            ),
            None,
        )
