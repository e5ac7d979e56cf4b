"""What the chart makes of dashboards and alerts, and how Prometheus finds the parts."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.watching.panels import DASHBOARDS
from tests.watching.rules import ROOT, RUNBOOKS, names, rule

KINDS = {"ServiceMonitor", "PodMonitor", "PrometheusRule"}
ALL = tuple(f"monitoring.{what}.enabled=true" for what in ("serviceMonitor", "prometheusRule", "dashboards"))


@pytest.fixture(scope="module")
def helm() -> str:
    """The path of helm."""
    found = shutil.which("helm")
    if found is None:
        reason = "no helm on PATH"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def test_nothing_is_made_unless_asked_for(helm: str) -> None:
    # When
    objects = _rendered(helm)

    # Then
    assert not [one for one in objects if one["kind"] in KINDS]
    assert not [one for one in objects if "dashboard" in one["metadata"]["name"]]


def test_the_rule_holds_every_alert_with_the_address_of_its_runbook(
    helm: str, promtool: str, tmp_path: Path
) -> None:
    # When
    (made,) = _of_kind(_rendered(helm, *ALL, "monitoring.prometheusRule.labels.team=ours"), "PrometheusRule")

    # Then
    assert made["metadata"]["labels"]["team"] == "ours"
    (group,) = made["spec"]["groups"]
    addresses = [one["annotations"].pop("runbook_url") for one in group["rules"]]
    assert group["rules"] == [rule(name) for name in names()]
    assert addresses == [f"https://longshore.example.com/docs/runbooks/{name}" for name in names()]
    assert all((RUNBOOKS / f"{name}.md").exists() for name in names())
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(made["spec"]))
    subprocess.run([promtool, "check", "rules", tmp_path / "rules.yaml"], check=True, capture_output=True)


def test_each_dashboard_is_a_config_map_that_grafana_s_sidecar_takes(helm: str) -> None:
    # When
    made = [
        one
        for one in _of_kind(_rendered(helm, *ALL), "ConfigMap")
        if "-dashboard-" in one["metadata"]["name"]
    ]

    # Then
    held = {name: text for one in made for name, text in one["data"].items()}
    assert {name: text.strip() for name, text in held.items()} == {
        path.name: path.read_text(encoding="utf-8").strip() for path in DASHBOARDS.iterdir()
    }
    assert all(one["metadata"]["labels"]["grafana_dashboard"] == "1" for one in made)


@pytest.mark.parametrize("release", ["longshore", "other"])
def test_each_part_is_scraped_once(helm: str, release: str) -> None:
    # When
    objects = _rendered(helm, *ALL, "workers.default.replicas=2", "workers.more.queues={a}", release=release)

    # Then
    scraped = sorted(_scraped(objects))
    parts = ("api", "rabbitmq", "scheduler", "worker-default", "worker-more")
    prefix = release if release == "longshore" else f"{release}-longshore"
    assert scraped == [f"{prefix}-{part}" for part in parts]


def test_a_broker_elsewhere_is_not_ours_to_scrape(helm: str) -> None:
    # When
    elsewhere = ("rabbitmq.enabled=false", "rabbitmq.external.url=amqp://u:p@broker:5672/longshore")
    objects = _rendered(helm, *ALL, *elsewhere)

    # Then
    assert not [name for name in _scraped(objects) if "rabbitmq" in name]


def _scraped(objects: list[dict[str, Any]]) -> Iterator[str]:
    """Names of the workloads whose metrics port a monitor finds, each as often as it is found."""
    workloads = [one for one in objects if one["kind"] in {"Deployment", "StatefulSet"}]
    for monitor in _of_kind(objects, "PodMonitor"):
        (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
        for workload in workloads:
            pod = workload["spec"]["template"]
            if _chosen(monitor["spec"]["selector"]["matchLabels"], pod) and endpoint["port"] in _ports(pod):
                yield workload["metadata"]["name"]
    for monitor in _of_kind(objects, "ServiceMonitor"):
        (endpoint,) = monitor["spec"]["endpoints"]
        (kept,) = (one["regex"] for one in endpoint["relabelings"] if one.get("action") == "keep")
        for service in _of_kind(objects, "Service"):
            ports = {port["name"]: port["targetPort"] for port in service["spec"]["ports"]}
            if (
                service["metadata"]["name"] != kept
                or not _chosen(monitor["spec"]["selector"]["matchLabels"], service)
                or endpoint["port"] not in ports
            ):
                continue
            for workload in workloads:
                pod = workload["spec"]["template"]
                if _chosen(service["spec"]["selector"], pod) and ports[endpoint["port"]] in _ports(pod):
                    yield workload["metadata"]["name"]


def _chosen(labels: dict[str, str], what: dict[str, Any]) -> bool:
    return set(labels.items()) <= set(what["metadata"]["labels"].items())


def _ports(pod: dict[str, Any]) -> set[str]:
    return {port["name"] for container in pod["spec"]["containers"] for port in container.get("ports", [])}


def _of_kind(objects: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in objects if one["kind"] == kind]


def _rendered(helm: str, *values: str, release: str = "longshore") -> list[dict[str, Any]]:
    words = [word for value in values for word in ("--set", value)]
    done = subprocess.run(
        [helm, "template", release, ROOT / "charts" / "longshore", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]
