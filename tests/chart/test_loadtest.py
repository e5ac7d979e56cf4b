"""What a release has for load tests: workers, the way to the run, and Prometheus' way to it."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.chart.combinations import COMBINATIONS
from tests.chart.rendering import NAMESPACE, Release, render

pytestmark = pytest.mark.chart

PORTS = {"marks": 5600, "locust": 5557}


def test_the_load_tests_have_a_pool_whose_tasks_find_the_store_of_marks() -> None:
    # When
    release = render(
        {"loadtest": {"enabled": True, "replicas": 3}, "workers": {"loadtest": {"drainSeconds": 5}}}
    )

    # Then
    pool = release.one("Deployment", "worker-loadtest")["spec"]
    (container,) = pool["template"]["spec"]["containers"]
    env = {one["name"]: one.get("value") for one in container["env"]}
    service = release.one("Service", "loadtest")
    assert pool["replicas"] == 3
    assert pool["template"]["spec"]["terminationGracePeriodSeconds"] == 15
    assert container["image"] == "longshore-loadtest:0.1.0"
    assert "--queues=loadtest" in container["args"]
    assert env["LONGSHORE_TASKS"] == "longshore_loadtest.marks.tasks"
    assert env["LONGSHORE_LOADTEST_MARKS"] == f"http://{service['metadata']['name']}:5600"
    assert "LD_PRELOAD" not in env
    assert release.one("Job", "catalogue-loadtest")


def test_without_load_tests_there_is_nothing_of_theirs() -> None:
    assert [one for one in render().objects if "loadtest" in one["metadata"]["name"]] == []


def _ports(ports: list[dict[str, Any]]) -> dict[str, int]:
    return {port["name"]: port["port"] for port in ports}


@pytest.mark.parametrize(
    ("address", "kind", "block"),
    [("198.51.100.7", "IPv4", "198.51.100.7/32"), ("2001:db8::7", "IPv6", "2001:db8::7/128")],
)
def test_a_run_outside_is_found_and_reached_by_its_address(address: str, kind: str, block: str) -> None:
    # When
    release = render({"loadtest": {"enabled": True, "address": address}})

    # Then
    service = release.one("Service", "loadtest")
    slice_ = release.one("EndpointSlice", "loadtest")
    assert "selector" not in service["spec"]
    assert slice_["metadata"]["labels"]["kubernetes.io/service-name"] == service["metadata"]["name"]
    assert (slice_["addressType"], slice_["endpoints"]) == (kind, [{"addresses": [address]}])
    assert _ports(slice_["ports"]) == _ports(service["spec"]["ports"]) == PORTS
    egress = release.one("NetworkPolicy", "worker")["spec"]["egress"]
    assert {"to": [{"ipBlock": {"cidr": block}}], "ports": [{"port": 5600}]} in egress


def test_a_run_inside_is_chosen_by_its_labels() -> None:
    # When
    release = render({"loadtest": {"enabled": True}})

    # Then
    assert release.one("Service", "loadtest")["spec"]["selector"]
    assert release.names("EndpointSlice") == set()


def test_prometheus_looks_at_a_run_inside_every_few_seconds(everything: Release) -> None:
    # When
    spec = everything.one("ServiceMonitor", "loadtest")["spec"]

    # Then
    chosen = spec["selector"]["matchLabels"].items()
    services = [one for one in everything.objects if one["kind"] == "Service"]
    (service,) = (one for one in services if chosen <= one["metadata"]["labels"].items())
    assert spec["endpoints"] == [{"port": "marks", "interval": "5s"}]
    assert _ports(service["spec"]["ports"])["marks"] == 5600


def test_prometheus_looks_at_a_run_outside_by_the_name_that_tasks_have_for_it() -> None:
    # When
    release = render(COMBINATIONS["a load test from outside"])

    # Then
    spec = release.one("Probe", "loadtest")["spec"]
    marks = urlsplit(release.env("Deployment", "worker-loadtest")["LONGSHORE_LOADTEST_MARKS"])
    assert spec["prober"] == {"url": f"{marks.hostname}.{NAMESPACE}:{marks.port}", "path": "/metrics"}
    assert spec["targets"]["staticConfig"]["static"] == [spec["prober"]["url"]]
    assert "longshore-loadtest" not in release.names("ServiceMonitor")


@pytest.mark.parametrize(
    "values", [{"monitoring": {"serviceMonitor": {"enabled": True}}}, {"loadtest": {"enabled": True}}]
)
def test_prometheus_is_told_nothing_of_load_tests_unless_both_are_on(values: dict[str, Any]) -> None:
    assert "longshore-loadtest" not in render(values).names("ServiceMonitor")
