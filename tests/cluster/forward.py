"""A port of the cluster on this machine, by `kubectl port-forward`: it works with every cluster.

A forward ends with the pod behind it. Ours begins again with the next pod; meanwhile connections are refused,
as they would be to anybody.
"""

import subprocess
import threading
from types import TracebackType
from typing import Final, Self

from tests.services.ports import free_port

_PAUSE: Final = 0.2


class Forward:
    """A forward to `target` (`service/x`, `pod/y`), for as long as it is entered."""

    def __init__(self, namespace: str, target: str, port: int) -> None:
        self.port = free_port()
        self._command = ["kubectl", "port-forward", "-n", namespace, target, f"{self.port}:{port}"]
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name=f"forward {target}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._process is not None:
            self._process.terminate()
        self._thread.join()

    def _keep(self) -> None:
        while not self._stop.is_set():
            self._process = subprocess.Popen(
                self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            if self._stop.is_set():
                self._process.terminate()
            self._process.wait()
            self._stop.wait(_PAUSE)
