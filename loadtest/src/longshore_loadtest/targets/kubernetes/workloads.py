"""Deployments and StatefulSets of a release."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from longshore_loadtest.targets.kubernetes.connection import TIMEOUT, asking
from longshore_loadtest.targets.target import Cluster, Part


class ClusterWorkloads:
    """Named `deployment/longshore-api`, as kubectl does."""

    def __init__(self, apps: Any, address: Cluster) -> None:
        self._apps = apps
        self._address = address

    def replicas(self, part: Part) -> dict[str, int]:
        """How many pods of a part are wanted, by workload."""
        return {f"{kind}/{one.metadata.name}": _wanted(one) for kind, one in self._all(part)}

    def settled(self, part: Part) -> int | None:
        """How many pods are wanted; None while some are of an older template, or nobody has looked yet."""
        found = [one for _, one in self._all(part)]
        for one in found:
            seen = (one.status.observed_generation or 0) >= (one.metadata.generation or 0)
            if not seen or (one.status.updated_replicas or 0) != _wanted(one):
                return None
        return sum(map(_wanted, found)) if found else None

    def roll(self, part: Part) -> None:
        """What `kubectl rollout restart` does: a template with another annotation."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        annotations = {"kubectl.kubernetes.io/restartedAt": now}
        for workload in self.replicas(part):
            body = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
            self._patch(workload, "", body)

    def scale(self, workload: str, replicas: int) -> None:
        """`kubectl scale`."""
        self._patch(workload, "_scale", {"spec": {"replicas": replicas}})

    def _all(self, part: Part) -> Iterator[tuple[str, Any]]:
        labels = f"app.kubernetes.io/instance={self._address.release},app.kubernetes.io/component={part}"
        for kind, list_them in (
            ("deployment", self._apps.list_namespaced_deployment),
            ("statefulset", self._apps.list_namespaced_stateful_set),
        ):
            with asking(f"list {kind}s"):
                found = list_them(self._address.namespace, label_selector=labels, _request_timeout=TIMEOUT)
            for one in found.items:
                yield kind, one

    def _patch(self, workload: str, what: str, body: dict[str, Any]) -> None:
        kind, _, name = workload.partition("/")
        noun = {"deployment": "deployment", "statefulset": "stateful_set"}[kind]
        patch = getattr(self._apps, f"patch_namespaced_{noun}{what}")
        with asking(f"patch {workload}"):
            patch(name, self._address.namespace, body, _request_timeout=TIMEOUT)


def _wanted(workload: Any) -> int:
    return 1 if workload.spec.replicas is None else int(workload.spec.replicas)
