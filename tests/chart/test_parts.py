"""Names, images, ports and doors of the parts, and what spreads and protects them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.combinations import COMBINATIONS
from tests.chart.rendering import Release, render

pytestmark = pytest.mark.chart

ROOT = Path(__file__).parents[2]


def _container(release: Release, kind: str, name: str) -> dict[str, Any]:
    return release.one(kind, name)["spec"]["template"]["spec"]["containers"][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("given", "name"),
    [("longshore", "longshore"), ("my-longshore", "my-longshore"), ("shop", "shop-longshore")],
)
def test_objects_are_called_after_the_release(given: str, name: str) -> None:
    assert f"{name}-api" in render(name=given).names("Deployment")


def test_another_name_may_be_given() -> None:
    assert "shore-api" in render({"nameOverride": "shore"}).names("Deployment")


def test_selectors_match_their_pods_and_no_others(everything: Release) -> None:
    # Given
    owners = [one for one in everything.objects if one["kind"] in ("Deployment", "StatefulSet")]

    # Then
    for owner in owners:
        chosen = owner["spec"]["selector"]["matchLabels"].items()
        matched = [one for one in owners if chosen <= one["spec"]["template"]["metadata"]["labels"].items()]
        assert matched == [owner]


def test_services_lead_to_ports_that_are_there(everything: Release) -> None:
    # Given: the pod of a load test is no part of the release
    run = yaml.safe_load((ROOT / "k8s/loadtest/run.yaml").read_text(encoding="utf-8"))
    pods = [*everything.find("[?spec.template].spec.template"), run["spec"]["template"]]

    # Then
    for service in (one for one in everything.objects if one["kind"] == "Service"):
        chosen = service["spec"]["selector"].items()
        (pod,) = (pod for pod in pods if chosen <= pod["metadata"]["labels"].items())
        there = {port["name"] for port in pod["spec"]["containers"][0]["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= there, service["metadata"]["name"]


@pytest.mark.parametrize(("kind", "name"), [("Deployment", "api"), ("Deployment", "worker-default")])
def test_our_images_come_from_our_registry_by_our_tag(kind: str, name: str) -> None:
    # Given
    part = name.partition("-")[0]

    # Then
    assert _container(render(), kind, name)["image"] == f"longshore-{part}:0.1.0"
    tagged = render({"image": {"registry": "r.test/team", "tag": "2"}})
    assert _container(tagged, kind, name)["image"] == f"r.test/team/longshore-{part}:2"
    assert _container(tagged, "StatefulSet", "redis")["image"] == "redis:8"


def test_a_digest_wins_over_a_tag() -> None:
    # Given
    digest = "sha256:" + "0" * 64

    # When
    release = render(
        {"redis": {"image": {"digest": digest}}, "workers": {"default": {"image": {"digest": digest}}}}
    )

    # Then
    assert _container(release, "StatefulSet", "redis")["image"] == f"redis@{digest}"
    assert _container(release, "Deployment", "worker-default")["image"] == f"longshore-worker@{digest}"


def test_commands_are_lists_that_need_no_shell(release: Release) -> None:
    commands = {
        name: _container(release, "Deployment", name)["command"]
        for name in ("api", "scheduler", "worker-default")
    }
    assert commands == {
        "api": ["python", "-m", "longshore_api"],
        "scheduler": ["python", "-m", "longshore_scheduler"],
        "worker-default": ["python", "-m", "longshore_worker"],
    }


def test_parts_that_are_placed_are_placed() -> None:
    # Given
    given = COMBINATIONS["everybody placed"]["api"]

    # When
    release = render(COMBINATIONS["everybody placed"])

    # Then
    for one in release.find("[?kind=='Deployment' || kind=='StatefulSet']"):
        template = one["spec"]["template"]
        for key in ("nodeSelector", "tolerations", "affinity", "priorityClassName"):
            assert template["spec"][key] == given[key], one["metadata"]["name"]
        assert template["metadata"]["labels"]["team"] == "shore"
        assert template["metadata"]["annotations"]["note"] == "1"


def test_parts_with_more_than_one_pod_have_a_budget(release: Release, everything: Release) -> None:
    assert release.names("PodDisruptionBudget") == set()
    assert everything.names("PodDisruptionBudget") == {
        "longshore-api",
        "longshore-scheduler",
        "longshore-rabbitmq",
        "longshore-worker-by-backlog",
        "longshore-worker-by-processor",
        "longshore-worker-by-hand",
        "longshore-worker-with-files",
    }


def test_an_api_that_goes_serves_until_nobody_is_sent_there(release: Release) -> None:
    # Given
    pod = release.one("Deployment", "api")["spec"]["template"]["spec"]

    # Then: what the API itself leaves to requests comes on top
    (_, seconds) = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    assert 0 < float(seconds) + 20 < pod["terminationGracePeriodSeconds"]


def test_budgets_never_stop_a_drain(everything: Release) -> None:
    for spec in everything.find("[?kind=='PodDisruptionBudget'].spec"):
        assert spec["maxUnavailable"] in (1, "25%")


def test_pods_of_a_part_spread_over_nodes(everything: Release) -> None:
    for name in ("api", "scheduler", "worker-by-hand"):
        deployment = everything.one("Deployment", name)
        (spread,) = deployment["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert spread["labelSelector"] == deployment["spec"]["selector"]


def test_ingress_and_route_lead_to_the_api(everything: Release) -> None:
    # When
    ingress = everything.one("Ingress", "api")["spec"]
    route = everything.one("HTTPRoute", "api")["spec"]

    # Then
    assert ingress["tls"] == [{"secretName": "api-tls", "hosts": ["shore.test"]}]
    backend = ingress["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "longshore-api", "port": {"name": "http"}}
    assert route["rules"] == [{"backendRefs": [{"name": "longshore-api", "port": 5000}]}]


def test_what_is_off_is_not_there() -> None:
    # When
    release = render(COMBINATIONS["nothing that can be off"])

    # Then
    assert release.names("Deployment") == {"longshore-api", "longshore-scheduler"}
    assert release.names("Job") == set()


def test_the_page_leads_where_values_say_and_nowhere_else(everything: Release) -> None:
    # When
    linked, bare = (
        {
            entry["name"]: entry["value"]
            for entry in _container(release, "Deployment", "api")["env"]
            if entry["name"].endswith("_URL")
        }
        for release in (everything, render())
    )

    # Then
    assert linked == {
        "LONGSHORE_FLOWER_URL": "https://flower.test",
        "LONGSHORE_RABBITMQ_UI_URL": "https://mq.test/ui",
        "LONGSHORE_GRAFANA_URL": "https://grafana.test/d/shore?orgId=1",
    }
    assert bare == {}
