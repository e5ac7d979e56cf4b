"""Copies of each part, and the memory and processor they take, where that can be seen."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from longshore_loadtest.run.sampling import Look, Looked
from longshore_loadtest.run.taken import Meter
from longshore_loadtest.targets.impossible import Impossible
from longshore_loadtest.targets.target import PARTS, Cluster, Instance, Part, Target

_UNITS: Final = {
    "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9, "m": 1e-3, "u": 1e-6, "n": 1e-9
}  # fmt: skip


class Usage(NamedTuple):
    """What a copy takes: bytes, and cores; None: not known yet."""

    memory: float
    cores: float | None


_Taken = Callable[[Instance], Usage | None]
"""What a copy takes; None where it cannot be said."""


def look_at(target: Target) -> Look:
    """How to look at this installation."""
    address = target.address
    looking = _pods(address) if isinstance(address, Cluster) else _processes()

    def look() -> Looked:
        there: dict[Part, list[Instance]] = {}
        for part in PARTS:
            with suppress(Impossible, OSError):
                there[part] = target.instances(part)
        return looked(there, looking())

    return look


def looked(there: dict[Part, list[Instance]], taken: _Taken) -> Looked:
    """All parts that have copies, with what is known of them."""
    found = Looked({}, {}, {})
    for part, instances in there.items():
        if not instances:
            continue
        found.replicas[part] = sum(instance.ready for instance in instances)
        known = {one.uid: usage for one in instances if (usage := taken(one))}
        cores = [usage.cores for usage in known.values() if usage.cores is not None]
        if known:
            found.memory[part] = {uid: usage.memory for uid, usage in known.items()}
        if cores:
            found.processor[part] = round(sum(cores), 4)
    return found


def usage(told: Any) -> dict[str, Usage]:
    """By pod, of a PodMetricsList."""
    return {
        pod["metadata"]["name"]: Usage(
            sum(quantity(one["usage"]["memory"]) for one in pod["containers"]),
            sum(quantity(one["usage"]["cpu"]) for one in pod["containers"]),
        )
        for pod in told["items"]
    }


def quantity(text: str) -> float:
    """`123456Ki` or `250m`, as Kubernetes writes it."""
    for unit, factor in _UNITS.items():
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    return float(text)


def _pods(address: Cluster) -> Callable[[], _Taken]:
    """What each pod takes, as metrics-server has it; nothing without one."""
    # Not before it is needed: the client takes a second to load.
    from kubernetes import client  # noqa: PLC0415

    from longshore_loadtest.targets.kubernetes.connection import TIMEOUT, asking, connect  # noqa: PLC0415

    api = client.CustomObjectsApi(connect(address.context))
    place = ("metrics.k8s.io", "v1beta1", address.namespace, "pods")

    def looking() -> _Taken:
        told: dict[str, Usage] = {}
        with suppress(Impossible), asking("list metrics of pods"):
            told = usage(api.list_namespaced_custom_object(*place, _request_timeout=TIMEOUT))
        return lambda instance: told.get(instance.name)

    return looking


def _processes() -> Callable[[], _Taken]:
    meter = Meter()

    def looking() -> _Taken:
        meter.begin()
        return lambda instance: Usage(*found) if (found := meter.taken(instance.uid)) else None

    return looking
