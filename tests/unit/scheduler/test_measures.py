"""What a relay counts."""

import pytest
from prometheus_client import CollectorRegistry

from longshore_scheduler import measures as measures_module
from longshore_scheduler.measures import RelayMeasures
from tests.unit.scheduler.stubs import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    told = Clock()
    monkeypatch.setattr(measures_module, "time", told)
    return told


def test_lag_is_the_age_of_the_oldest_batch_with_an_answer_owing(clock: Clock) -> None:
    # Given two batches, a second apart
    measures = RelayMeasures(CollectorRegistry())
    assert measures.lag() == 0
    measures.published("math", 3)
    clock.now += 1
    measures.published("math", 2)
    clock.now += 1
    assert measures.lag() == 2

    # When the first is answered but for one copy / Then it is still the oldest
    measures.settled(1, 1)
    assert measures.lag() == 2

    # When the rest of it and one of the next are answered / Then the next is
    measures.settled(2, 0)
    assert measures.lag() == 1

    # When all are / Then there is none, whatever else comes
    measures.settled(1, 0)
    measures.settled(5, 0)
    assert measures.lag() == 0


def test_the_broker_is_up_while_the_relay_is_connected_and_an_alarm_is_seen() -> None:
    # Given
    registry = CollectorRegistry()
    measures = RelayMeasures(registry)

    def seen() -> list[float | None]:
        return [registry.get_sample_value(f"longshore_broker_{name}") for name in ("up", "blocked")]

    assert seen() == [0, 0]

    # When / Then
    measures.connected()
    assert seen() == [1, 0]
    measures.blocked(blocked=True)
    assert seen() == [1, 1]
    measures.abandoned()
    assert seen() == [0, 0]


def test_an_empty_batch_is_none(clock: Clock) -> None:
    # Given a claim that gave nothing
    registry = CollectorRegistry()
    measures = RelayMeasures(registry)
    measures.published("math", 0)

    # When time passes / Then there is no lag, and no queue in the metrics
    clock.now += 5
    assert measures.lag() == 0
    assert registry.get_sample_value("longshore_relay_published_total", {"queue": "math"}) is None
