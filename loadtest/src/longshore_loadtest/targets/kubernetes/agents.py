"""Privileged pods that do something to a process of their node, and undo it."""

import time
from typing import Any, Final

import msgspec

from longshore_loadtest.targets.agent import BEGUN
from longshore_loadtest.targets.disruptions.every import AnyDisruption
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.kubernetes.connection import TIMEOUT, Refused, asking
from longshore_loadtest.targets.target import Cluster

_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_PATIENCE: Final = 60.0
"""Seconds until an agent runs, or has gone."""
_LOOK: Final = 0.3
_GRACE: Final = 30
"""Seconds that it may take to undo what it did."""


class Agents:
    """One pod for each active fault, with its name. Needs rights: k8s/chaos-nodes-rbac.yaml."""

    def __init__(self, core: Any, address: Cluster) -> None:
        self._core = core
        self._address = address

    def send(self, name: str, node: str, container: str, disruption: AnyDisruption, seconds: float) -> None:
        """Make the pod, and wait until it has begun. Raises Impossible with its words when it could not."""
        body = manifest(name, node, container, disruption, seconds, self._address.image)
        try:
            with asking(f"create agent {name}"):
                self._core.create_namespaced_pod(self._namespace, body, _request_timeout=TIMEOUT)
        except Refused as refused:
            if refused.status != _CONFLICT:  # sent before, and the answer was lost
                raise
        why = f"agent {name} did not start within {_PATIENCE:g} s"
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            phase = self._phase(name)
            if phase == "Succeeded":  # only if it has begun
                return
            try:
                said = self._log(name) if phase in ("Running", "Failed") else ""
            except Impossible as reason:  # a busy kubelet tells of a pod before its log can be read
                why = str(reason)
            else:
                if BEGUN in said:
                    return
                if phase in ("Failed", ""):
                    raise Impossible(said.strip()[-300:] or f"agent {name} ended without a word")
            time.sleep(_LOOK)
        raise Impossible(why)

    def call_back(self, name: str) -> None:
        """Delete the pod, and wait until it is gone. Raises Impossible when it does not go."""
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                with asking(f"delete agent {name}"):
                    self._core.delete_namespaced_pod(name, self._namespace, _request_timeout=TIMEOUT)
            except Refused as refused:
                if refused.status == _NOT_FOUND:
                    return
                raise
            if time.monotonic() > until:
                raise Impossible(f"agent {name} does not go")
            time.sleep(_LOOK)

    @property
    def _namespace(self) -> str:
        if not self._address.agents:
            raise Impossible("no namespace was given for agents")
        return self._address.agents

    def _phase(self, name: str) -> str:
        """Empty when there is no such pod."""
        try:
            with asking(f"read agent {name}"):
                found = self._core.read_namespaced_pod(name, self._namespace, _request_timeout=TIMEOUT)
        except Refused as refused:
            if refused.status == _NOT_FOUND:
                return ""
            raise
        return str(found.status.phase or "Pending")

    def _log(self, name: str) -> str:
        with asking(f"read the log of agent {name}"):
            return str(
                self._core.read_namespaced_pod_log(name, self._namespace, _request_timeout=TIMEOUT) or ""
            )


def manifest(
    name: str, node: str, container: str, disruption: AnyDisruption, seconds: float, image: str
) -> dict[str, Any]:
    """The pod: on that node, among its processes, as root; it ends a minute after its time at the latest."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": "longshore-loadtest-agent"}},
        "spec": {
            "nodeName": node,
            "hostPID": True,
            "restartPolicy": "Never",
            "activeDeadlineSeconds": int(seconds) + 60,
            "terminationGracePeriodSeconds": _GRACE,
            "automountServiceAccountToken": False,
            "enableServiceLinks": False,
            "tolerations": [{"operator": "Exists"}],
            "containers": [
                {
                    "name": "agent",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["python", "-m", "longshore_loadtest.targets.agent"],
                    "args": [
                        f"--container={container}",
                        f"--seconds={seconds:g}",
                        msgspec.json.encode(disruption).decode(),
                    ],
                    "securityContext": {"privileged": True, "runAsUser": 0},
                    "resources": {"requests": {"cpu": "10m", "memory": "48Mi"}},
                }
            ],
        },
    }
