"""Nodes of a cluster: emptied, taken away, given back."""

import shlex
import subprocess
from typing import Any, Final

from kubernetes import client

from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.kubernetes.connection import TIMEOUT, Refused, asking
from longshore_loadtest.targets.target import Cluster

_NOT_FOUND: Final = 404
_TOO_MANY: Final = 429
"""A PodDisruptionBudget's answer: not now."""
_LONGEST: Final = 120.0
"""Seconds that the user's command may take."""


class ClusterNodes:
    """Needs rights on nodes: k8s/chaos-nodes-rbac.yaml."""

    def __init__(self, core: Any, address: Cluster) -> None:
        self._core = core
        self._address = address

    def lack(self) -> str | None:
        """Why none can be taken away; None if one can."""
        try:
            with asking("list nodes"):
                found = self._core.list_node(_request_timeout=TIMEOUT).items
        except Impossible as reason:
            return str(reason)
        if sum(map(_usable, found)) < 2:
            return (
                "there is one node that takes pods: without it nothing runs, and all that can be done is wait"
            )
        return None

    def usable(self, node: str) -> bool:
        """Whether it is ready and takes pods."""
        with asking(f"read node {node}"):
            return _usable(self._core.read_node(node, _request_timeout=TIMEOUT))

    def cordon(self, node: str, *, on: bool) -> None:
        """Mark it as one that takes no pods, or one that does."""
        with asking(f"patch node {node}"):
            self._core.patch_node(
                node, {"spec": {"unschedulable": True if on else None}}, _request_timeout=TIMEOUT
            )

    def evict(self, node: str) -> int:
        """Ask each pod of the release off it; returns how many are still there, even if leaving."""
        with asking(f"list pods of node {node}"):
            pods = self._core.list_namespaced_pod(
                self._address.namespace,
                label_selector=f"app.kubernetes.io/instance={self._address.release}",
                field_selector=f"spec.nodeName={node}",
                _request_timeout=TIMEOUT,
            ).items
        left = [pod for pod in pods if pod.status.phase in ("Running", "Pending")]
        for pod in left:
            if pod.metadata.deletion_timestamp is None:
                self._evict(pod.metadata.name)
        return len(left)

    def lose(self, node: str, *, lost: bool) -> None:
        """Run the user's command for it. Raises Impossible."""
        template = self._address.cut_node if lost else self._address.restore_node
        if not template:
            raise Impossible("no command was given for it")
        words = [word.replace("{node}", node) for word in shlex.split(template)]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=_LONGEST)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Impossible(f"{words[0]}: {error}") from error
        if done.returncode:
            raise Impossible(f"{shlex.join(words)}: {(done.stderr or done.stdout).strip()[-300:]}")

    def _evict(self, name: str) -> None:
        body = client.V1Eviction(metadata=client.V1ObjectMeta(name=name, namespace=self._address.namespace))
        try:
            with asking(f"evict pod {name}"):
                self._core.create_namespaced_pod_eviction(
                    name, self._address.namespace, body, _request_timeout=TIMEOUT
                )
        except Refused as refused:
            if refused.status not in (_TOO_MANY, _NOT_FOUND):
                raise


def _usable(node: Any) -> bool:
    conditions = {one.type: one.status for one in node.status.conditions or ()}
    return conditions.get("Ready") == "True" and not node.spec.unschedulable
