"""One release of the chart in a namespace of its own."""

import base64
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from tests.cluster.kubectl import LONGEST, Refused, get, kubectl, run
from tests.services.waiting import eventually

CHART: Final = Path(__file__).parents[2] / "charts" / "longshore"

Values = Mapping[str, Any]


class Pod(msgspec.Struct, frozen=True):
    """A pod, as far as tests look at it."""

    name: str
    uid: str
    ready: bool
    leaving: bool
    restarts: int
    annotations: dict[str, str]
    created_at: str


class Release:
    """Installs, changes and removes; knows the names that the chart gives."""

    def __init__(self, namespace: str, name: str = "longshore") -> None:
        self.namespace = namespace
        self.name = name
        self._revisions: list[Values] = []

    def install(self, values: Values, *, helm: str = "helm") -> None:
        """`helm install --wait`."""
        self._helm(helm, "install", values)

    def upgrade(self, values: Values, *, helm: str = "helm") -> None:
        """`helm upgrade --wait`, with exactly these values."""
        self._helm(helm, "upgrade", values)

    def restore(self) -> None:
        """As it was installed, if a test changed that: none begins with what another left behind."""
        if self._revisions[-1] != self._revisions[0]:
            self.upgrade(self._revisions[0])

    def rollback(self) -> None:
        """`helm rollback --wait` to the revision before."""
        self._revisions.append(self._revisions[-2])
        run("helm", "rollback", self.name, "-n", self.namespace, "--wait", "--timeout", "240s")

    def test(self) -> str:
        """`helm test`; what it printed."""
        return run("helm", "test", self.name, "-n", self.namespace, "--timeout", "180s", "--logs")

    def uninstall(self) -> None:
        """`helm uninstall --wait`; nothing, where it is not installed."""
        run("helm", "uninstall", self.name, "-n", self.namespace, "--ignore-not-found", "--wait")

    def secret(self, key: str, of: str = "secrets") -> str:
        """A value of the release's Secret `<name>-<of>`."""
        found = get("secret", f"{self.name}-{of}", "-n", self.namespace)
        return base64.b64decode(found["data"][key]).decode()

    def pods(self, component: str, pool: str | None = None) -> list[Pod]:
        """The pods of a component, or of a pool of workers; those that leave, too."""
        labels = f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component={component}"
        if pool is not None:
            labels += f",longshore.dev/pool={pool}"
        return [_pod(item) for item in get("pods", "-n", self.namespace, "-l", labels)["items"]]

    def ready(self, component: str, pool: str | None = None) -> list[Pod]:
        """Those of them that are ready and stay."""
        return [pod for pod in self.pods(component, pool) if pod.ready and not pod.leaving]

    def until_ready(self, component: str, count: int, pool: str | None = None, within: float = 120.0) -> None:
        """Wait until exactly so many are ready, and no other is there."""

        def settled() -> bool:
            pods = self.pods(component, pool)
            return len(pods) == count and all(pod.ready and not pod.leaving for pod in pods)

        eventually(settled, within=within, every=0.5)

    def scale(self, pool: str, replicas: int) -> None:
        """`kubectl scale` of a pool."""
        kubectl(
            "scale", "-n", self.namespace, f"deployment/{self.name}-worker-{pool}", f"--replicas={replicas}"
        )

    def delete(self, pod: str, *, force: bool = False) -> None:
        """`kubectl delete pod`, and do not wait. `force`: at once, without its grace."""
        words = ["--grace-period=0", "--force"] if force else []
        kubectl("delete", "pod", pod, "-n", self.namespace, "--wait=false", *words)

    def execute(self, pod: str, *words: str) -> str:
        """`kubectl exec`."""
        return kubectl("exec", "-n", self.namespace, pod, "--", *words)

    def _helm(self, helm: str, verb: str, values: Values) -> None:
        self._revisions.append(values)
        words = [helm, verb, self.name, str(CHART), "-n", self.namespace, "--wait", "--timeout", "240s"]
        try:
            run(*words, "--values", "-", given=json.dumps(values), within=LONGEST)
        except Refused as refused:
            raise Refused(f"{refused}\n{self.events()}") from None

    def events(self) -> str:
        """What the cluster has to say about the namespace; for a test that failed."""
        words = [
            "kubectl",
            "get",
            "pods,events",
            "-n",
            self.namespace,
            "--sort-by=.metadata.creationTimestamp",
        ]
        done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        return done.stdout[-6000:]


def _pod(item: Any) -> Pod:
    meta, status = item["metadata"], item["status"]
    conditions = {one["type"]: one["status"] for one in status.get("conditions", [])}
    return Pod(
        name=meta["name"],
        uid=meta["uid"],
        ready=conditions.get("Ready") == "True",
        leaving="deletionTimestamp" in meta,
        restarts=sum(one["restartCount"] for one in status.get("containerStatuses", [])),
        annotations=meta.get("annotations", {}),
        created_at=meta["creationTimestamp"],
    )
