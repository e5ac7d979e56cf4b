"""The network policies are in force: from inside pods, exactly the table of docs/architecture.md is open."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.chart.arrows import open_ports
from tests.chart.rendering import default_values, merged
from tests.cluster.kubectl import apply, get, kubectl
from tests.cluster.release import Release
from tests.cluster.values import TAG, values
from tests.services.waiting import eventually

PARTS: Final = ("api", "scheduler", "worker", "flower", "rabbitmq", "redis")
STRANGER: Final = "stranger"
SOURCES: Final = (*PARTS, "catalogue", "test", STRANGER)
_TRY: Final = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def opens(target):
    host, port = target
    try:
        socket.create_connection((host, port), timeout=1.5).close()
    except OSError as error:
        return isinstance(error, ConnectionRefusedError)
    return True
targets = json.loads(sys.argv[1])
with ThreadPoolExecutor(60) as pool:
    print(json.dumps(list(pool.map(opens, targets))))
"""
"""A refused connection has passed the policies: what is denied is dropped without an answer."""


@pytest.fixture(scope="module")
def probes(installed: Release) -> Iterator[Release]:
    """In place of each part, a pod with its labels and Python in it; and one with nobody's labels."""
    for part in SOURCES:
        apply(installed.namespace, _probe(installed, part))
    names = [f"pod/probe-{part}" for part in SOURCES]
    for name in names:
        kubectl(
            "wait", "-n", installed.namespace, name, "--for=jsonpath={.status.phase}=Running", "--timeout=90s"
        )
    yield installed
    kubectl("delete", "-n", installed.namespace, *names, "--grace-period=1")


@pytest.mark.parametrize("source", SOURCES)
def test_a_part_may_open_what_the_table_says_and_nothing_else(probes: Release, source: str) -> None:
    # Given every port of every part
    table = open_ports(merged(default_values(), values()))
    addresses = {part: _address(probes, part) for part in PARTS}
    targets = sorted((part, port, addresses[part]) for part, port in _ports(table))
    opener = "anybody" if source == STRANGER else source
    allowed = {(part, port) for one, part, port in table if one == opener and part in PARTS}

    # When all are tried from inside a pod of this part
    def tried() -> set[tuple[str, int]]:
        pairs = json.dumps([(address, port) for _, port, address in targets])
        opened = json.loads(probes.execute(f"probe-{source}", "python", "-c", _TRY, pairs))
        return {(part, port) for (part, port, _), is_open in zip(targets, opened, strict=True) if is_open}

    # Then exactly these open; a new pod's address is known to the other nodes a moment later
    eventually(lambda: _same(tried(), allowed), within=30, every=1)


def _ports(table: set[tuple[str, str, int]]) -> set[tuple[str, int]]:
    """Every port in the table, of every part."""
    ports = {port for _, part, port in table if part in PARTS} | {15672, 25672, 4369, 5555}
    return {(part, port) for part in PARTS for port in ports}


def _same(found: set[tuple[str, int]], wanted: set[tuple[str, int]]) -> bool:
    assert found == wanted, (
        f"open and not in the table: {found - wanted}; in the table and shut: {wanted - found}"
    )
    return True


def _address(release: Release, part: str) -> str:
    labels = f"app.kubernetes.io/instance={release.name},app.kubernetes.io/component={part},!longshore-probe"
    pods = get("pods", "-n", release.namespace, "-l", labels)["items"]
    return str(next(pod["status"]["podIP"] for pod in pods if "deletionTimestamp" not in pod["metadata"]))


def _probe(release: Release, part: str) -> dict[str, Any]:
    labels = {"longshore-probe": "true"}
    if part != STRANGER:
        labels |= {
            "app.kubernetes.io/name": "longshore",
            "app.kubernetes.io/instance": release.name,
            "app.kubernetes.io/component": part,
        }
    container = {
        "name": "probe",
        "image": f"longshore-worker:{TAG}",
        "imagePullPolicy": "IfNotPresent",
        "command": ["python", "-c", "import time; time.sleep(3600)"],
        # Never ready: no service sends anybody here.
        "readinessProbe": {"exec": {"command": ["false"]}, "periodSeconds": 3600},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"probe-{part}", "labels": labels},
        "spec": {
            "containers": [container],
            "automountServiceAccountToken": False,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 10001,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
    }
