"""Replicas of each part, and the memory they take, where that can be seen."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from longshore_loadtest.run.sampling import Look
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.processes import Process
from longshore_loadtest.targets.target import PARTS, Cluster, Instance, Target

_UNITS: Final = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9, "m": 0.001}

_Taken = Callable[[list[Instance]], float | None]
"""Bytes that these take together; None where it cannot be said."""


def look_at(target: Target) -> Look:
    """How to look at this installation."""
    address = target.address
    pods = _metrics(address) if isinstance(address, Cluster) else None

    def look() -> tuple[dict[str, int], dict[str, float]]:
        replicas: dict[str, int] = {}
        memory: dict[str, float] = {}
        taken = _of_processes if pods is None else _of_pods(pods())
        for part in PARTS:
            with suppress(Impossible, OSError):
                instances = target.instances(part)
                if instances:
                    replicas[part] = sum(instance.ready for instance in instances)
                    if (bytes_taken := taken(instances)) is not None:
                        memory[part] = bytes_taken
        return replicas, memory

    return look


def _metrics(address: Cluster) -> Callable[[], Mapping[str, float]]:
    """What each pod takes, by its name, as metrics-server has it; nothing without one."""
    # Not before it is needed: the client takes a second to load.
    from kubernetes import client  # noqa: PLC0415

    from longshore_loadtest.targets.kubernetes.connection import TIMEOUT, asking, connect  # noqa: PLC0415

    api = client.CustomObjectsApi(connect(address.context))
    place = ("metrics.k8s.io", "v1beta1", address.namespace, "pods")

    def pods() -> Mapping[str, float]:
        with suppress(Impossible), asking("list metrics of pods"):
            return usage(api.list_namespaced_custom_object(*place, _request_timeout=TIMEOUT))
        return {}

    return pods


def usage(told: Any) -> dict[str, float]:
    """Bytes by pod of a PodMetricsList."""
    return {
        pod["metadata"]["name"]: sum(bytes_of(one["usage"]["memory"]) for one in pod["containers"])
        for pod in told["items"]
    }


def bytes_of(quantity: str) -> float:
    """`123456Ki` as Kubernetes writes it."""
    for unit, factor in _UNITS.items():
        if quantity.endswith(unit):
            return float(quantity.removesuffix(unit)) * factor
    return float(quantity)


def _of_pods(taken: Mapping[str, float]) -> _Taken:
    def of(instances: list[Instance]) -> float | None:
        known = [taken[instance.name] for instance in instances if instance.name in taken]
        return sum(known) if known else None

    return of


def _of_processes(instances: list[Instance]) -> float:
    return sum(_pss(Process.of(instance.uid)) for instance in instances)


def _pss(process: Process) -> float:
    """Of it and its children, each page that several share counted once."""
    total = 0
    for one in process.family():
        with suppress(OSError):
            text = Path(f"/proc/{one.pid}/smaps_rollup").read_text(encoding="ascii")
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total * 1024.0
