"""A load test of a release, by the files of `k8s/`: loaded, broken, and judged from a pod of its own."""

import secrets
from collections.abc import Iterator
from typing import Final

import pytest

from tests.cluster import manifests
from tests.cluster.conftest import NAMESPACE
from tests.cluster.kubectl import apply, get, kubectl, require_cluster
from tests.cluster.loading import IMAGE, LoadTest
from tests.cluster.release import Release
from tests.cluster.report import ROWS
from tests.cluster.values import pools, values
from tests.services.evidence import Evidence
from tests.services.waiting import eventually

FAULTS: Final = "kill-*,freeze,cut,broker-alarm,ledger-*,rolling-upgrade"
FEWEST: Final = 8
"""Faults, of some 27 planned: each waits until the release has recovered from the one before."""


@pytest.fixture
def load(evidence: Evidence) -> Iterator[LoadTest]:
    """A load test that has not begun, in a namespace of its own: the next need not wait until it is gone."""
    require_cluster()
    name = f"{NAMESPACE}-loaded-{secrets.token_hex(3)}"
    load = LoadTest(name)
    apply("default", manifests.namespace(name))
    evidence.add("cluster", Release(name).events)
    evidence.add("load test", load.log)
    yield load
    load.remove()
    kubectl("delete", "namespace", name, "--wait=false")


# Longer than the waits below and the installation's together: what is left behind is cleaned up.
@pytest.mark.timeout(1100)
def test_every_promise_is_kept_under_load_while_everything_breaks(load: LoadTest) -> None:
    # Given a release with two of what may be two, and workers that leave marks
    two = {"replicas": 2}
    marked = {"enabled": True, "replicas": 2, "concurrency": 2}
    workers = {"default": pools()["default"]}
    small = values(api=two, scheduler=two, loadtest=marked, workers=workers, flower={"enabled": False})
    Release(load.namespace).install(small)

    # When it is loaded for four minutes and broken meanwhile
    load.begin(
        *("--time=4m", "--users=15", "--rate=1", "--workers=1", "--linger=30s"),
        *(f"--faults={FAULTS}", "--interval=4s", "--duration=4s", "--minimum-age=5s"),
        *(f"--agents={load.agents}", f"--agents-image={IMAGE}"),
    )
    eventually(lambda: load.reported() or load.ended(), within=600, every=2)
    report = load.fetch(ROWS / "loadtest")

    # Then
    assert report.verdict.holds
    assert report.totals["acknowledged"] >= 1000
    assert len([fault for fault in report.done if fault.healed is not None]) >= FEWEST
    assert get("pods", "-n", load.agents)["items"] == []
    assert eventually(load.ended, within=120, every=2) == "Complete"
