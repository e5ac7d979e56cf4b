"""NetworkPolicies are exactly the table of arrows in docs/architecture.md."""

from typing import Any

import pytest

from tests.chart.arrows import PARTS, open_ports
from tests.chart.combinations import EVERYTHING
from tests.chart.policies import let_in, let_out
from tests.chart.rendering import Release, default_values, merged, render

pytestmark = pytest.mark.chart


def _merged_values(values: dict[str, Any]) -> dict[str, Any]:
    return merged(default_values(), values)


TABLES: dict[str, dict[str, Any]] = {
    "the defaults": {},
    "everything on": EVERYTHING,
    "no deletion cost": {"scheduler": {"deletionCost": False}},
    "a cluster of brokers": {"rabbitmq": {"replicas": 3}},
    "pages open": {"networkPolicy": EVERYTHING["networkPolicy"] | {"remoteWorkers": []}},
    "keda by default": {"workerDefaults": {"autoscaling": {"kind": "keda"}}},
    "a load test": {"loadtest": {"enabled": True}},
    "a load test from outside": {"loadtest": {"enabled": True, "address": "198.51.100.7"}},
    "without Flower": {"flower": {"enabled": False}},
}


@pytest.mark.parametrize("table", TABLES)
def test_what_is_let_in_is_exactly_the_table(table: str) -> None:
    # Given
    values = TABLES[table]
    wanted = {arrow for arrow in open_ports(_merged_values(values)) if arrow[1] in PARTS}

    # When
    release = render(values)
    # whoever is named to come to the API comes besides the release's own test
    found = {arrow for arrow in let_in(release) if arrow != ("test", "api", 5000)} | {("test", "api", 5000)}

    # Then: a row for a part that is off is a row for nobody
    assert {arrow for arrow in found if _runs(arrow[0], values)} == {
        arrow for arrow in wanted if _runs(arrow[0], values)
    }


@pytest.mark.parametrize("table", TABLES)
def test_what_is_let_out_is_exactly_the_table(table: str) -> None:
    # Given
    values = TABLES[table]
    wanted = {arrow for arrow in open_ports(_merged_values(values)) if arrow[0] in PARTS}

    # Then
    assert let_out(render(values)) == wanted


def _runs(part: str, values: dict[str, Any]) -> bool:
    return part != "flower" or values.get("flower", {}).get("enabled", True)


def test_everything_else_of_the_release_is_denied(release: Release) -> None:
    # Given
    deny = release.one("NetworkPolicy", "deny")["spec"]

    # Then
    assert deny["podSelector"]["matchLabels"] == {
        "app.kubernetes.io/name": "longshore",
        "app.kubernetes.io/instance": "longshore",
    }
    assert deny["policyTypes"] == ["Ingress", "Egress"]


def test_every_pod_is_among_those_that_are_denied(everything: Release) -> None:
    # Given
    chosen = everything.one("NetworkPolicy", "deny")["spec"]["podSelector"]["matchLabels"]

    # When
    labels = everything.find("[?spec.template].spec.template.metadata.labels") + everything.find(
        "[?kind=='Pod'].metadata.labels"
    )

    # Then
    assert labels
    assert all(chosen.items() <= one.items() for one in labels)


def test_an_external_broker_and_ledger_are_reached_on_their_own_ports_and_blocks() -> None:
    # When
    release = render(
        {
            "rabbitmq": {"enabled": False, "external": {"url": "amqps://u:p@mq.test:5999/shore"}},
            "redis": {"enabled": False, "external": {"existingSecret": "mine"}},
            "networkPolicy": {"externalServices": ["203.0.113.0/24"]},
        }
    )

    # Then
    egress = release.one("NetworkPolicy", "worker")["spec"]["egress"]
    block = [{"ipBlock": {"cidr": "203.0.113.0/24"}}]
    assert {"to": block, "ports": [{"port": 5999}]} in egress
    assert {"to": block, "ports": [{"port": 6379}, {"port": 6380}]} in egress


def test_tasks_reach_what_they_are_let_to(everything: Release) -> None:
    egress = everything.one("NetworkPolicy", "worker")["spec"]["egress"]
    assert {"to": [{"ipBlock": {"cidr": "203.0.113.0/24"}}]} in egress


def test_no_policy_without_policies() -> None:
    assert render({"networkPolicy": {"enabled": False}}).names("NetworkPolicy") == set()
