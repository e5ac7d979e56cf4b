"""`k8s/loadtest` and the accounts of `k8s/chaos-*`, with what a user changes for another namespace."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from longshore_loadtest.report.figures import Report, from_json
from tests.cluster.kubectl import Refused, apply, get, kubectl, run
from tests.cluster.values import TAG

IMAGE: Final = f"longshore-loadtest:{TAG}"
_K8S: Final = Path(__file__).parents[2] / "k8s"
_JOB: Final = "job/longshore-loadtest"
_REPORTS: Final = ("report.html", "report.md", "report.json")
_CHAOS: Final = "longshore-chaos"
"""The account that may break things; in chaos-nodes-rbac.yaml the agents' namespace, too."""
_ROLE: Final = "longshore-chaos-nodes"
"""What belongs to no namespace: two tests on one cluster must not share it."""


class LoadTest:
    """A load test of the release in a namespace, and what it says."""

    def __init__(self, namespace: str) -> None:
        self.namespace = namespace
        self.agents = f"{namespace}-chaos"
        self._printed = 0

    def begin(self, *options: str) -> None:
        """Apply the files. The options stand in for those of run.yaml with the same names, or beside them."""
        apply(self.agents, *self._changed("chaos-nodes-rbac.yaml"))
        run(str(_K8S / "loadtest/key.sh"), self.namespace, "longshore")
        files = ("chaos-rbac.yaml", "loadtest/rbac.yaml", "loadtest/policy.yaml", "loadtest/workers.yaml")
        apply(self.namespace, *self._changed(*files))
        (job,) = self._changed("loadtest/run.yaml")
        pod = job["spec"]["template"]["spec"]
        pod["serviceAccountName"] = _CHAOS
        (container,) = pod["containers"]
        names = {_name(option) for option in options}
        kept = [option for option in container["args"] if _name(option) not in names]
        container["args"] = [*kept, *options]
        apply(self.namespace, job)

    def remove(self) -> None:
        """Delete what `begin` put outside of the namespace."""
        roles = "clusterrole,clusterrolebinding"
        kubectl("delete", roles, f"{_ROLE}-{self.namespace}", "--ignore-not-found")
        kubectl("delete", "namespace", self.agents, "--ignore-not-found", "--wait=false")

    def log(self) -> str:
        """All it has said; empty before it begins."""
        try:
            return kubectl("logs", "-n", self.namespace, _JOB)
        except Refused:
            return ""

    def shown(self) -> str:
        """The same; prints what is new."""
        log = self.log()
        print(log[self._printed :], end="", flush=True)
        self._printed = max(self._printed, len(log))
        return log

    def ended(self) -> str | None:
        """`Complete` or `Failed`; None while it runs."""
        self.shown()
        found = get(_JOB, "-n", self.namespace)["status"].get("conditions", [])
        true = {one["type"] for one in found if one["status"] == "True"}
        return next((one for one in ("Complete", "Failed") if one in true), None)

    def reported(self) -> bool:
        """Whether its report is there; it is while it lingers."""
        return "the report is at port" in self.shown()

    def fetch(self, folder: Path) -> Report:
        """Copy its report out of the pod, and read it. Raises Refused when the pod has ended."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in _REPORTS:
            words = ("exec", "-n", self.namespace, _JOB, "--", "sh", "-c", f"cat /runs/*/{name}")
            (folder / name).write_text(kubectl(*words))
        return from_json((folder / "report.json").read_bytes())

    def _changed(self, *files: str) -> list[dict[str, Any]]:
        """The objects of the files: other namespaces, our images, one worker."""
        return [self._one(found) for file in files for found in _read(_K8S / file)]

    def _one(self, found: dict[str, Any]) -> dict[str, Any]:
        kind, meta = found["kind"], found["metadata"]
        if kind == "Namespace":
            meta["name"] = self.agents
        if "namespace" in meta:
            meta["namespace"] = self.agents
        for named in (meta, found.get("roleRef", {})):
            if named.get("name") == _ROLE:
                named["name"] = f"{_ROLE}-{self.namespace}"
        for subject in found.get("subjects", ()):
            subject["namespace"] = self.namespace
        if kind == "Deployment":
            found["spec"]["replicas"] = 1
        if kind in ("Deployment", "Job"):
            for container in found["spec"]["template"]["spec"]["containers"]:
                container["image"] = IMAGE
        return found


def _read(file: Path) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load_all(file.read_text(encoding="utf-8"))


def _name(option: str) -> str:
    return option.partition("=")[0]
