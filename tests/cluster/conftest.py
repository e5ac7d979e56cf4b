"""Fixtures of the cluster tests: a release that most of them share, and what a client sees of it."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster import manifests
from tests.cluster.harness import Harness
from tests.cluster.kubectl import apply, kubectl, require_cluster
from tests.cluster.release import Release
from tests.cluster.report import ROWS
from tests.cluster.values import values
from tests.faults.report import Report
from tests.services.evidence import Evidence

NAMESPACE = os.environ.get("LONGSHORE_TEST_NAMESPACE", "longshore-test")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that is here: `pytest -m cluster`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.cluster)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def namespace() -> Iterator[str]:
    """A namespace with the tests' tasks, and the server for their marks."""
    require_cluster()
    apply("default", manifests.namespace(NAMESPACE))
    apply(NAMESPACE, manifests.tasks(), *manifests.marks_server())
    kubectl("wait", "-n", NAMESPACE, "pod/marks", "--for=condition=Ready", "--timeout=120s")
    yield NAMESPACE
    if not os.environ.get("LONGSHORE_TEST_KEEP"):
        kubectl("delete", "namespace", NAMESPACE, "--wait=true", "--timeout=180s")


@pytest.fixture(scope="session")
def installed(namespace: str) -> Iterator[Release]:
    """The release that most tests share."""
    release = Release(namespace)
    release.install(values())
    yield release
    if not os.environ.get("LONGSHORE_TEST_KEEP"):
        release.uninstall()


@pytest.fixture
def release(installed: Release, evidence: Evidence) -> Release:
    """The shared release, as it was installed; a test that fails shows what the cluster says about it."""
    evidence.add("cluster", installed.events)
    installed.restore()
    return installed


@pytest.fixture(scope="session")
def _harness(installed: Release) -> Iterator[Harness]:
    with Harness(installed) as harness:
        yield harness


@pytest.fixture
def harness(_harness: Harness, release: Release) -> Harness:
    """The shared release as its clients see it."""
    return _harness


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Where this test's row of the table in docs/operations.md goes."""
    name = request.node.name.replace("[", "-").rstrip("]")
    return Report(request.session.items.index(request.node), name, "the chart's defaults", ROWS)


@pytest.fixture
def alone(namespace: str, evidence: Evidence) -> Iterator[Release]:
    """A release that nobody shares, in a namespace of its own: the next need not wait until it is gone."""
    name = f"{NAMESPACE}-alone-{secrets.token_hex(3)}"
    apply("default", manifests.namespace(name))
    apply(name, manifests.tasks(), *manifests.marks_server())
    release = Release(name)
    evidence.add("cluster", release.events)
    yield release
    kubectl("delete", "namespace", name, "--wait=false")
