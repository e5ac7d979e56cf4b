"""Builds every image once, from the repository as it is."""

import os
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest

from tests.images.catalogue import FOLDERS, ROOT
from tests.images.part import Part
from tests.services.container import docker, docker_answers
from tests.services.evidence import Evidence

TAG = "test"
INDEXES = ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "NPM_CONFIG_REGISTRY")


class Build(Protocol):
    """The type of the fixture `image`."""

    def __call__(self, name: str) -> str:
        """Return the image's name and tag, built."""
        ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs docker and minutes."""
    for item in items:
        if ROOT / "tests" / "images" in item.path.parents:
            item.add_marker(pytest.mark.images)
            item.add_marker(pytest.mark.timeout(600))  # the first builds what no cache has


@pytest.fixture(scope="session")
def image() -> Build:
    """`image("longshore-api")`: build it, once; skipped where there is no docker, but not in CI."""
    if not docker_answers():
        reason = "no docker to build and run images with"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    indexes = [f"--build-arg={name}" for name in INDEXES if name in os.environ]
    built: dict[str, str] = {}

    def build(name: str) -> str:
        if name not in built:
            dockerfile = str(ROOT / FOLDERS[name] / "Dockerfile")
            tagged = f"{name}:{TAG}"
            options = ["--network", "host", "--file", dockerfile, "--tag", tagged, *indexes]
            docker("build", "--quiet", *options, str(ROOT), within=540)
            built[name] = tagged
        return built[name]

    return build


@pytest.fixture
def run(evidence: Evidence) -> Iterator[Callable[..., Part]]:
    """`run(image, words, env=…)`: a started container that is removed when the test is over."""
    started: list[Part] = []

    def start(*given: object, **how: object) -> Part:
        part = Part(*given, **how)  # type: ignore[arg-type]
        started.append(part)
        evidence.add(str(given[0]), part.log)
        part.start()
        return part

    yield start
    for part in started:
        part.remove()
