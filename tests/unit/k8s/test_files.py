"""The files around the chart: each is what it says, and what it names exists."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
K8S = ROOT / "k8s"
CHART = yaml.safe_load((ROOT / "charts/longshore/values.yaml").read_text(encoding="utf-8"))
OURS = (
    *("values-kind", "values-external", "values-eks"),
    *("ec2/values", "keda/longshore", "prometheus/longshore"),
)
FREE = {"settings", "annotations", "labels", "nodeSelector", "affinity", "resources"}
"""Values that are maps of what the user likes."""


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((K8S / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


def _unknown(given: Any, known: Any, path: str = "") -> list[str]:
    if path.rpartition(".")[2] in FREE or not isinstance(given, dict):
        return []
    if path == ".workers":
        return [key for pool, one in given.items() for key in _unknown(one, CHART["workerDefaults"], pool)]
    found = [f"{path}.{name}" for name in given if name not in known]
    for name in set(given) & set(known):
        found += _unknown(given[name], known[name], f"{path}.{name}")
    return found


@pytest.mark.parametrize("file", sorted(K8S.rglob("*.yaml")), ids=lambda path: str(path.relative_to(K8S)))
def test_every_file_is_yaml_and_says_what_it_is_for(file: Path) -> None:
    # When
    text = file.read_text(encoding="utf-8")

    # Then
    assert list(yaml.safe_load_all(text))
    assert text.startswith("# ")


def test_no_volume_fills_its_node() -> None:
    # Given
    found = [one for file in K8S.rglob("*.yaml") for one in yaml.safe_load_all(file.read_text("utf-8"))]
    pods = [one["spec"]["template"]["spec"] for one in found if one.get("kind") in ("Deployment", "Job")]

    # When
    volumes = [volume for pod in pods for volume in pod.get("volumes", []) if "emptyDir" in volume]

    # Then
    assert volumes
    assert [volume["name"] for volume in volumes if "sizeLimit" not in volume["emptyDir"]] == []


@pytest.mark.parametrize("name", OURS)
def test_values_are_keys_that_the_chart_has(name: str) -> None:
    assert _unknown(_load(name), CHART) == []


def test_the_readme_names_every_file() -> None:
    # Given
    readme = (K8S / "README.md").read_text(encoding="utf-8")

    # When
    found = [path.relative_to(K8S) for path in K8S.rglob("*") if path.is_file()]
    files = {str(path) for path in found if path.parts[0] != "dev" and "__pycache__" not in path.parts}
    named = set(re.findall(r"`([^`]+)`", readme))

    # Then
    assert files - {"README.md"} <= named
    assert {one for one in named if re.fullmatch(r"[\w/-]+\.(yaml|sh)", one)} - {"skaffold.yaml"} <= files


def test_kind_maps_the_port_that_its_values_give_to_the_api() -> None:
    # Given
    (node,) = _load("kind")["nodes"]
    mapped = {one["containerPort"]: one for one in node["extraPortMappings"]}

    # When
    service = _load("values-kind")["api"]["service"]

    # Then
    assert mapped[service["nodePort"]]["hostPort"] == CHART["api"]["service"]["port"]
    assert {one["listenAddress"] for one in mapped.values()} == {"127.0.0.1"}


def _pod(name: str) -> dict[str, Any]:
    spec: dict[str, Any] = _load(name)["spec"]["template"]["spec"]
    return spec


def _env(pod: dict[str, Any]) -> dict[str, dict[str, Any]]:
    (container,) = pod["containers"]
    return {one["name"]: one for one in container["env"]}


@pytest.mark.parametrize(("name", "variable"), [("run", "KEY"), ("workers", "LOADTEST_KEY")])
def test_the_load_test_finds_the_release(name: str, variable: str) -> None:
    # Given
    pod = _pod(f"loadtest/{name}")
    (container,) = pod["containers"]
    version = yaml.safe_load((ROOT / "charts/longshore/Chart.yaml").read_text(encoding="utf-8"))["appVersion"]

    # Then
    secret = _env(pod)[f"LONGSHORE_{variable}"]["valueFrom"]["secretKeyRef"]
    assert secret == {"name": "longshore-loadtest", "key": "key"}, (
        "an operator's, as loadtest/key.sh makes it"
    )
    assert container["image"] == f"longshore-loadtest:{version}"


def test_the_load_test_waits_for_as_many_locusts_as_there_are() -> None:
    # Given
    run, workers = _pod("loadtest/run"), _pod("loadtest/workers")
    (words,) = (one["args"] for one in run["containers"])
    (locust,) = (one["args"] for one in workers["containers"])

    # Then
    assert f"--workers={_load('loadtest/workers')['spec']['replicas']}" in words
    assert locust == ["worker", "longshore-loadtest"]
    assert _env(run)["LONGSHORE_URL"]["value"] == f"http://longshore-api:{CHART['api']['service']['port']}"


def test_the_load_test_sees_pods_and_can_break_none() -> None:
    # Given
    account, role, binding = yaml.safe_load_all((K8S / "loadtest/rbac.yaml").read_text(encoding="utf-8"))

    # Then
    assert {verb for rule in role["rules"] for verb in rule["verbs"]} == {"get", "list"}
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"][0]["name"] == account["metadata"]["name"]
    assert _pod("loadtest/run")["serviceAccountName"] == account["metadata"]["name"]


def test_chaos_may_break_pods_and_read_no_secrets() -> None:
    # Given
    documents = list(yaml.safe_load_all((K8S / "chaos-rbac.yaml").read_text(encoding="utf-8")))
    account, role, binding = documents

    # When
    resources = {resource for rule in role["rules"] for resource in rule["resources"]}

    # Then
    assert not resources & {"secrets", "configmaps", "pods/exec", "*"}
    assert binding["roleRef"]["name"] == role["metadata"]["name"]
    assert binding["subjects"][0]["name"] == account["metadata"]["name"]


def test_the_instances_script_is_a_script_and_joins_nobody_without_a_token() -> None:
    # When
    done = subprocess.run(["bash", K8S / "ec2/user-data.sh"], capture_output=True, text=True, check=False)

    # Then
    assert done.returncode == 1
    assert "TOKEN is empty" in done.stderr


def test_the_ports_of_the_readme_are_those_that_the_chart_has() -> None:
    # Given
    readme = (K8S / "README.md").read_text(encoding="utf-8")

    # Then
    for port in (CHART["api"]["service"]["port"], CHART["flower"]["service"]["port"], 15672, 5672, 6379):
        assert f"| {port} |" in readme
