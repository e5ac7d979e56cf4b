"""A run tells Prometheus which faults there are, from when each begins until all is whole again."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from longshore_loadtest.history.record import Phase
from longshore_loadtest.marks.server import Server
from longshore_loadtest.run.metrics import Metrics

PLACE = {"fault": "freeze", "place": "worker"}


def _value(metrics: Metrics, name: str, labels: dict[str, str] | None = None) -> float | None:
    families = text_string_to_metric_families(metrics.text().decode())
    samples = [sample for family in families for sample in family.samples]
    return next((one.value for one in samples if (one.name, one.labels) == (name, labels or {})), None)


def _told(*phases: Phase) -> Metrics:
    metrics = Metrics()
    for phase in phases:
        metrics.tell("freeze", "worker", phase)
    return metrics


@pytest.mark.parametrize(
    ("phases", "there"),
    [
        (("begun",), 1),
        (("begun", "ended"), 1),  # no longer done, and not yet whole
        (("begun", "ended", "healed"), 0),
        (("begun", "ended", "given-up"), 0),
        (("begun", "failed"), 0),
        (("begun", "ended", "healed", "begun", "ended"), 1),
        (("begun", "ended", "begun", "ended"), 1),
        (("skipped",), None),
        ((), None),
    ],
)
def test_a_fault_is_there_until_all_is_whole_or_it_is_given_up(
    phases: tuple[Phase, ...], there: float | None
) -> None:
    assert _value(_told(*phases), "longshore_loadtest_fault", PLACE) == there


def test_faults_are_counted_by_what_became_of_them() -> None:
    # When
    metrics = _told(*("begun", "ended", "healed", "skipped", "begun", "failed", "begun", "ended", "given-up"))

    # Then
    assert _value(metrics, "longshore_loadtest_faults_total", PLACE) == 2
    assert _value(metrics, "longshore_loadtest_faults_failed_total", PLACE) == 1
    assert _value(metrics, "longshore_loadtest_faults_skipped_total", PLACE) == 1


def test_faults_at_two_places_are_two() -> None:
    # Given
    metrics = _told("begun", "ended", "healed")

    # When
    metrics.tell("freeze", "api", "begun")

    # Then
    assert _value(metrics, "longshore_loadtest_fault", PLACE) == 0
    assert _value(metrics, "longshore_loadtest_fault", {"fault": "freeze", "place": "api"}) == 1


@pytest.fixture
def metrics() -> Metrics:
    """Of a run in which a worker is frozen."""
    return _told("begun")


@pytest.fixture
def store(tmp_path: Path, metrics: Metrics) -> Iterator[Server]:
    with Server(tmp_path / "history.marks.ndjson", "r", metrics=metrics.text) as server:
        yield server


@pytest.mark.parametrize("path", ["/metrics", "/metrics?target=longshore-loadtest.shore:5600"])
def test_the_store_of_marks_tells_them(store: Server, metrics: Metrics, path: str) -> None:
    # When
    answer = httpx.get(f"{store.url}{path}", trust_env=False)

    # Then
    assert answer.content == metrics.text()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert _value(metrics, "longshore_loadtest_running") == 1
