"""Skaffold cannot be run everywhere; that what its file names exists can be seen without it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.images.catalogue import FOLDERS
from tests.unit.skaffold.profiles import NAMES, ROOT, configuration
from tests.unit.skaffold.schema import API_VERSION, unknown_keys

every_profile = pytest.mark.parametrize("profile", NAMES)


def _values() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        (ROOT / "charts/longshore/values.yaml").read_text(encoding="utf-8")
    )
    return loaded


def _value(path: str) -> object:
    found: Any = _values()
    for key in path.split("."):
        found = found[key]
    return found


def _artifacts(profile: str) -> dict[str, dict[str, Any]]:
    return {one["image"]: one for one in configuration(profile)["build"]["artifacts"]}


def _release(profile: str) -> dict[str, Any]:
    (release,) = configuration(profile)["deploy"]["helm"]["releases"]
    assert isinstance(release, dict)
    return release


@every_profile
def test_every_key_is_one_that_the_documentation_has(profile: str) -> None:
    # When
    whole = configuration(profile)

    # Then
    assert whole["apiVersion"] == API_VERSION
    assert unknown_keys(whole) == []


@every_profile
def test_every_image_has_its_dockerfile(profile: str) -> None:
    # When
    artifacts = _artifacts(profile)

    # Then
    assert set(artifacts) <= set(FOLDERS)
    for image, artifact in artifacts.items():
        dockerfile = artifact["docker"]["dockerfile"]
        assert (ROOT / dockerfile).is_file()
        assert profile == "dev" or dockerfile == f"{FOLDERS[image]}/Dockerfile"


def test_what_users_get_is_built_unless_it_is_the_dev_loop() -> None:
    # When
    whole = configuration()

    # Then
    assert not any("sync" in artifact for artifact in whole["build"]["artifacts"])
    (dev,) = (one for one in whole["profiles"] if one["name"] == "dev")
    assert dev["activation"] == [{"command": "dev"}]


def _synced(artifact: dict[str, Any]) -> list[Path]:
    """The packages whose changes are put into an artifact's containers."""
    return [package for rule in artifact["sync"]["manual"] for package in (ROOT / rule["strip"]).iterdir()]


def test_the_dev_loop_runs_parts_that_exist_from_where_it_puts_files() -> None:
    # Given
    packages = {path.name for path in ROOT.glob("services/*/src/*")}
    copied_to = re.search(r'"COPY", "(.*?)"', (ROOT / "k8s/dev/reload.py").read_text(encoding="utf-8"))

    # When
    parts = {name: one for name, one in _artifacts("dev").items() if "sync" in one}

    # Then
    assert set(parts) == {"longshore-api", "longshore-scheduler", "longshore-worker"}
    assert copied_to
    for image, artifact in parts.items():
        assert artifact["docker"]["dockerfile"] == "k8s/dev/Dockerfile"
        assert image.replace("-", "_") in {package.name for package in _synced(artifact)} & packages
        for rule in artifact["sync"]["manual"]:
            assert rule["dest"] == copied_to[1]
            assert rule["src"] == f"{rule['strip']}**/*"
            assert any((ROOT / rule["strip"]).glob("*/__init__.py"))


@every_profile
def test_every_value_that_is_set_is_one_of_the_chart(profile: str) -> None:
    # When
    release = _release(profile)

    # Then
    assert (ROOT / release["chartPath"] / "Chart.yaml").is_file()
    for path, template in release["setValueTemplates"].items():
        assert isinstance(_value(path), str)
        named = re.fullmatch(r"\{\{\.IMAGE_(REPO|TAG)_(\w+)\}\}", template)
        assert named
        assert path.endswith({"REPO": ".repository", "TAG": ".tag"}[named[1]])
        image = named[2].replace("_", "-")
        assert image in _artifacts(profile)
        assert _value(f"{path.rpartition('.')[0]}.repository") == image


def test_every_image_of_the_chart_that_is_ours_is_set() -> None:
    # When
    # Those of the load tests are built where the chart runs them.
    set_images = {path.rpartition(".")[0] for path in _release("loadtest")["setValueTemplates"]}

    # Then
    values = _values()
    ours = {
        f"{name}.image"
        for name, part in values.items()
        if isinstance(part, dict)
        and str(part.get("image", {}).get("repository", "")).startswith("longshore-")
    }
    assert set_images == ours


@every_profile
def test_values_files_and_manifests_exist(profile: str) -> None:
    # When
    whole = configuration(profile)
    files = [*_release(profile).get("valuesFiles", []), *whole.get("manifests", {}).get("rawYaml", [])]

    # Then
    assert bool(files) == (profile in {"loadtest", "external"})
    for file in files:
        assert (ROOT / file).is_file()


@pytest.mark.parametrize("name", ["run", "workers"])
def test_the_load_test_runs_an_image_that_its_profile_builds(name: str) -> None:
    # When
    whole = yaml.safe_load((ROOT / f"k8s/loadtest/{name}.yaml").read_text(encoding="utf-8"))
    (container,) = whole["spec"]["template"]["spec"]["containers"]

    # Then
    assert container["image"].partition(":")[0] in _artifacts("loadtest")


def test_forwarded_ports_are_those_of_the_charts_services() -> None:
    # When
    forwarded = {one["resourceName"]: one for one in configuration()["portForward"]}

    # Then
    assert set(forwarded) == {"longshore-api", "longshore-flower"}
    for name, one in forwarded.items():
        assert one["resourceType"] == "service"
        assert name.startswith(f"{_release('')['name']}-")
        assert one["port"] == _value(f"{name.removeprefix('longshore-')}.service.port")
