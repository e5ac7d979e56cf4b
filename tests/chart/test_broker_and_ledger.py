"""RabbitMQ and Redis: their configuration, their volumes, their ports."""

import pytest

from tests.chart.rendering import Release, render

pytestmark = pytest.mark.chart


def _config(release: Release, part: str) -> list[str]:
    name = f"{part}.conf"
    return [line.strip() for line in release.one("ConfigMap", part)["data"][name].splitlines()]


def test_the_ledger_keeps_what_it_has_and_never_evicts(release: Release) -> None:
    # When
    lines = _config(release, "redis")

    # Then
    assert {
        "appendonly yes",
        "appendfsync always",
        "maxmemory 768mb",
        "maxmemory-policy noeviction",
        "hash-max-listpack-value 1024",
    } <= set(lines)
    assert lines[-1].startswith("include "), "the password wins over what is added"


def test_lines_can_be_added() -> None:
    # When
    release = render(
        {"redis": {"extraConfig": "io-threads 2\nport 6379"}, "rabbitmq": {"extraConfig": "heartbeat = 20"}}
    )

    # Then
    assert {"io-threads 2", "port 6379"} <= set(_config(release, "redis"))
    assert "heartbeat = 20" in _config(release, "rabbitmq")


@pytest.mark.parametrize(
    ("limit", "total"), [("1Gi", 1 << 30), ("512Mi", 512 << 20), ("2G", 2 * 10**9), ("1.5Gi", 3 << 29)]
)
def test_the_broker_knows_its_containers_memory(limit: str, total: int) -> None:
    # When
    release = render({"rabbitmq": {"resources": {"limits": {"memory": limit}}}})

    # Then
    assert f"total_memory_available_override_value = {total}" in _config(release, "rabbitmq")


def test_one_broker_looks_for_no_peers(release: Release) -> None:
    assert not [line for line in _config(release, "rabbitmq") if "cluster" in line]
    assert "peer_discovery" not in release.one("ConfigMap", "rabbitmq")["data"]["enabled_plugins"]
    assert "longshore-rabbitmq" not in release.names("PodDisruptionBudget")


def test_three_brokers_find_each_other_and_hold_every_queue() -> None:
    # When
    release = render({"rabbitmq": {"replicas": 3}})

    # Then
    lines = _config(release, "rabbitmq")
    assert "cluster_formation.peer_discovery_backend = rabbit_peer_discovery_k8s" in lines
    assert "quorum_queue.continuous_membership_reconciliation.target_group_size = 3" in lines
    assert "rabbitmq_peer_discovery_k8s" in release.one("ConfigMap", "rabbitmq")["data"]["enabled_plugins"]
    assert release.one("StatefulSet", "rabbitmq")["spec"]["podManagementPolicy"] == "Parallel"
    assert release.one("Service", "rabbitmq-nodes")["spec"]["publishNotReadyAddresses"] is True
    assert release.one("PodDisruptionBudget", "rabbitmq")["spec"]["maxUnavailable"] == 1


def test_nodes_know_each_other_by_their_stable_names() -> None:
    # When
    env = render({"clusterDomain": "shore.test"}).env("StatefulSet", "rabbitmq")

    # Then
    domain = "longshore-rabbitmq-nodes.shore.svc.shore.test"
    assert env["RABBITMQ_NODENAME"] == f"rabbit@$(POD_NAME).{domain}"
    assert env["K8S_HOSTNAME_SUFFIX"] == f".{domain}"
    assert env["RABBITMQ_USE_LONGNAME"] == "true"


@pytest.mark.parametrize("part", ["redis", "rabbitmq"])
def test_data_is_in_a_volume_unless_told_otherwise(release: Release, part: str) -> None:
    # When
    without = render({part: {"persistence": {"enabled": False}}})
    of_a_class = render({part: {"persistence": {"storageClass": "fast", "size": "9Gi"}}})

    # Then
    (claim,) = release.one("StatefulSet", part)["spec"]["volumeClaimTemplates"]
    assert "storageClassName" not in claim["spec"]
    assert "volumeClaimTemplates" not in without.one("StatefulSet", part)["spec"]
    (claim,) = of_a_class.one("StatefulSet", part)["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["storageClassName"] == "fast"
    assert claim["spec"]["resources"]["requests"]["storage"] == "9Gi"


@pytest.mark.parametrize(("part", "name", "port"), [("redis", "rediss", 6380), ("rabbitmq", "amqps", 5671)])
def test_a_certificate_opens_a_port_for_remote_workers(part: str, name: str, port: int) -> None:
    # When
    release = render({part: {"tls": {"secret": "mine", "serviceType": "NodePort", "nodePort": 30900}}})

    # Then
    service = release.one("Service", f"{part}-tls")["spec"]
    assert service["type"] == "NodePort"
    assert service["ports"] == [{"name": name, "port": port, "targetPort": name, "nodePort": 30900}]
    assert service["externalTrafficPolicy"] == "Local"
    container = release.one("StatefulSet", part)["spec"]["template"]["spec"]["containers"][0]
    assert {"name": name, "containerPort": port} in container["ports"]


@pytest.mark.parametrize("part", ["redis", "rabbitmq"])
def test_no_certificate_no_port(release: Release, part: str) -> None:
    assert f"longshore-{part}-tls" not in release.names("Service")


@pytest.mark.parametrize("part", ["redis", "rabbitmq"])
def test_a_changed_configuration_rolls_the_pod_and_another_change_does_not(
    release: Release, part: str
) -> None:
    # Given
    def checksum(one: Release) -> str:
        template = one.one("StatefulSet", part)["spec"]["template"]
        return str(template["metadata"]["annotations"]["checksum/config"])

    # Then
    assert checksum(render({part: {"extraConfig": "# another line"}})) != checksum(release)
    assert checksum(render({"api": {"replicas": 2}})) == checksum(release)
