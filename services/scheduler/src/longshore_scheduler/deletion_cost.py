"""Deletion cost: tells Kubernetes which workers' pods are idle, so that scaling in takes those first.

Best effort, as the annotation is: a pod that is chosen all the same drains, and loses nothing.
"""

from typing import Final

from longshore_ledger import Ledger
from longshore_ledger.shapes import WorkerView
from longshore_scheduler.kubernetes import Pods

ANNOTATION: Final = "controller.kubernetes.io/pod-deletion-cost"
BUSY: Final = "1000"
IDLE: Final = "0"
_NO_POD: Final = ""
_PAUSE: Final = 0.5


class DeletionCost:
    """Patches a pod when its workers turn busy or idle. Every scheduler does: they say the same."""

    name = "deletion cost"
    needs = frozenset({"ledger", "kubernetes"})

    def __init__(self, ledger: Ledger, pods: Pods) -> None:
        self._ledger = ledger
        self._pods = pods
        self._costs: dict[str, str] = {}

    def step(self) -> float:
        """Look once. May raise KubernetesUnavailable: what is not said yet is said at the next look."""
        busy: dict[str, bool] = {}
        for worker in self._ledger.views.workers():
            host = worker.info.get("host")
            if worker.alive and host:
                busy[host] = busy.get(host, False) or _is_busy(worker)
        self._costs = {host: cost for host, cost in self._costs.items() if host in busy}
        # The busy first: they have more to lose.
        for host in sorted(busy, key=busy.__getitem__, reverse=True):
            self._say(host, BUSY if busy[host] else IDLE)
        return _PAUSE

    def close(self) -> None:
        """Close the connection."""
        self._pods.close()

    def _say(self, host: str, cost: str) -> None:
        if self._costs.get(host) not in (cost, _NO_POD):
            self._costs[host] = cost if self._pods.annotate(host, ANNOTATION, cost) else _NO_POD


def _is_busy(worker: WorkerView) -> bool:
    return worker.running > 0 or any(worker.info.get("held", {}).values())
