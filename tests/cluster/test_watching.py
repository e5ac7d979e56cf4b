"""The cluster's own Prometheus finds every part, and has an answer for every panel and alert."""

import os
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.cluster import manifests
from tests.cluster.forward import Forward
from tests.cluster.harness import Harness
from tests.cluster.kubectl import apply
from tests.cluster.release import Release
from tests.cluster.values import pool, pools, values
from tests.services.waiting import eventually
from tests.watching.load import Load
from tests.watching.panels import unanswered

PROMETHEUS: Final = os.environ.get("LONGSHORE_TEST_PROMETHEUS", "monitoring/prometheus-operated")
"""Namespace and service of a Prometheus that heeds the monitors of every namespace."""
_WORK: Final = Path(__file__).parents[1] / "watching" / "work.py"
_ON: Final = {
    "serviceMonitor": {"enabled": True, "interval": "5s"},
    "prometheusRule": {"enabled": True},
    "dashboards": {"enabled": True},
}


@pytest.fixture
def watched(release: Release, harness: Harness) -> Release:
    """The shared release with its monitors, rules and dashboards, and a pool whose tasks end in every way."""
    apply(release.namespace, manifests.tasks("watched-tasks", _WORK))
    tasks = {"configMap": "watched-tasks", "files": ["work.py"]}
    panels = {**pool("panels"), "queues": ["panels", "interrupted"], "tasks": tasks}
    release.upgrade(values(workers=pools(panels=panels), monitoring=_ON))
    return release


def test_every_panel_and_alert_has_an_answer_from_the_clusters_prometheus(
    watched: Release, harness: Harness
) -> None:
    # Given the cluster's Prometheus, which has heard of the release a minute later
    namespace, service = PROMETHEUS.split("/")
    load = Load(harness.http)
    with Forward(namespace, f"service/{service}", 9090) as forward:

        def all_answered() -> bool:
            load.more()
            try:
                problems = unanswered(f"http://127.0.0.1:{forward.port}", window="1m")
            except httpx.TransportError as error:
                raise OSError(str(error)) from error
            assert not problems, "\n".join(problems)
            return True

        # Then
        eventually(all_answered, within=240, every=2)
