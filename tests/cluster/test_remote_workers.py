"""A worker outside the cluster joins in, over TLS."""

from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.cluster.harness import Harness
from tests.cluster.kubectl import apply, get
from tests.cluster.release import Release
from tests.cluster.values import values
from tests.services.processes import Processes
from tests.services.waiting import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def authority(installed: Release) -> trustme.CA:
    """An authority, and a certificate of its for the nodes' addresses, as a Secret."""
    authority = trustme.CA()
    issued = authority.issue_cert(*_node_addresses())
    apply(
        installed.namespace,
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "remote-tls"},
            "stringData": {
                "tls.crt": issued.cert_chain_pems[0].bytes().decode(),
                "tls.key": issued.private_key_pem.bytes().decode(),
                "ca.crt": authority.cert_pem.bytes().decode(),
            },
        },
    )
    return authority


@pytest.fixture
def exposed(release: Release, harness: Harness, authority: trustme.CA) -> Release:
    """The shared release with the TLS ports of broker and ledger on every node."""
    tls = {"secret": "remote-tls", "serviceType": "NodePort"}
    policy = {**values()["networkPolicy"], "remoteWorkers": ["0.0.0.0/0"]}
    release.upgrade(values(rabbitmq={"tls": tls}, redis={"tls": tls}, networkPolicy=policy))
    return release


def test_a_worker_in_another_network_joins_over_tls(
    exposed: Release, harness: Harness, authority: trustme.CA, processes: Processes, tmp_path: Path
) -> None:
    # Given a worker outside, which trusts the authority and knows a task that nobody inside knows
    trusted = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(trusted)
    address = _node_addresses()[0]
    broker, ledger = _node_port(exposed, 5671), _node_port(exposed, 6380)
    outside = processes.start(
        "worker",
        *("-Q", "remote", "-c", "1"),
        env={"SSL_CERT_FILE": str(trusted), "PYTHONPATH": str(ROOT)},
        tasks="tests.cluster.remote_work",
        broker=f"amqps://longshore:{exposed.secret('rabbitmq-password')}@{address}:{broker}/longshore",
        ledger=f"rediss://longshore-worker:{exposed.secret('redis-worker-password')}@{address}:{ledger}/0",
    )

    # When the task is submitted through the cluster's API
    eventually(lambda: harness.submit("remote", "whereabouts", [0]).is_success, within=60, every=0.5)

    # Then the worker outside has run it
    def result() -> Any:
        return harness.http.get("/v1/tasks/remote").json()["result"]

    assert "outside" in eventually(result, within=60, every=0.2)
    outside.stop()


def _node_addresses() -> list[str]:
    return [
        address["address"]
        for node in get("nodes")["items"]
        for address in node["status"]["addresses"]
        if address["type"] == "InternalIP"
    ]


def _node_port(release: Release, port: int) -> int:
    """The port on every node behind which a port of the release is."""
    labels = f"app.kubernetes.io/instance={release.name}"
    services = get("services", "-n", release.namespace, "-l", labels)["items"]
    ports = [entry for service in services for entry in service["spec"]["ports"] if entry["port"] == port]
    return next(int(entry["nodePort"]) for entry in ports if "nodePort" in entry)
