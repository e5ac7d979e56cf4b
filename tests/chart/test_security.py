"""Every pod fits into a namespace that is `restricted`, and none can speak to the API server without need."""

import pytest

from tests.chart.combinations import COMBINATIONS
from tests.chart.rendering import Release, render

pytestmark = pytest.mark.chart


@pytest.fixture(params=["the defaults", "everything on", "no limits"])
def any_release(request: pytest.FixtureRequest) -> Release:
    return render(COMBINATIONS[request.param])


def test_no_pod_runs_as_root_or_may_gain_anything(any_release: Release) -> None:
    for name, pod in any_release.pods():
        security = pod["securityContext"]
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] in (999, 10001), name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name


def test_no_pod_shares_the_nodes_names_or_files(any_release: Release) -> None:
    for name, pod in any_release.pods():
        assert {"hostNetwork", "hostPID", "hostIPC"} & set(pod) == set(), name
        assert not [volume for volume in pod["volumes"] if "hostPath" in volume], name


def test_only_the_scheduler_has_a_token(any_release: Release) -> None:
    # When
    with_token = {name for name, pod in any_release.pods() if pod["automountServiceAccountToken"]}

    # Then
    assert with_token == {"longshore-scheduler"}
    assert set(any_release.find("[?kind=='ServiceAccount'].automountServiceAccountToken")) == {False}


def test_every_pod_has_an_account_of_the_release(any_release: Release) -> None:
    accounts = any_release.names("ServiceAccount")
    assert {pod["serviceAccountName"] for _, pod in any_release.pods()} <= accounts
    assert "default" not in accounts


def test_the_scheduler_may_change_pods_and_nothing_else(release: Release) -> None:
    assert release.one("Role", "scheduler")["rules"] == [
        {"apiGroups": [""], "resources": ["pods/status"], "verbs": ["patch"]}
    ]
    assert release.names("ClusterRole") == set()


def test_without_deletion_cost_nobody_has_a_token_or_a_role() -> None:
    # When
    release = render({"scheduler": {"deletionCost": False}})

    # Then
    assert not [name for name, pod in release.pods() if pod["automountServiceAccountToken"]]
    assert release.names("Role") == release.names("RoleBinding") == set()
    assert "LONGSHORE_DELETION_COST" not in release.env("Deployment", "scheduler")


def test_no_variable_of_a_service_looks_like_a_setting(any_release: Release) -> None:
    assert all(pod["enableServiceLinks"] is False for _, pod in any_release.pods())


def test_every_container_that_stays_is_probed(any_release: Release) -> None:
    for expression in ("[?kind=='Deployment']", "[?kind=='StatefulSet']"):
        for one in any_release.find(expression):
            container = one["spec"]["template"]["spec"]["containers"][0]
            assert {"readinessProbe", "livenessProbe"} <= set(container), one["metadata"]["name"]


def test_volumes_that_are_mounted_are_there(any_release: Release) -> None:
    for one in any_release.objects:
        claims = {claim["metadata"]["name"] for claim in one.get("spec", {}).get("volumeClaimTemplates", [])}
        if one["kind"] not in ("Deployment", "StatefulSet", "Job"):
            continue
        pod = one["spec"]["template"]["spec"]
        there = {volume["name"] for volume in pod["volumes"]} | claims
        for container in [*pod["containers"], *pod.get("initContainers", [])]:
            assert {mount["name"] for mount in container["volumeMounts"]} <= there, one["metadata"]["name"]


def test_no_volume_fills_its_node(any_release: Release) -> None:
    for one in any_release.objects:
        if one["kind"] not in ("Deployment", "StatefulSet", "Job"):
            continue
        for volume in one["spec"]["template"]["spec"]["volumes"]:
            if "emptyDir" in volume:
                assert volume["emptyDir"]["sizeLimit"], (one["metadata"]["name"], volume["name"])
