"""The schema refuses what it does not know, by name."""

from typing import Any

import pytest

from tests.chart.refusing import refusal

pytestmark = pytest.mark.chart


UNKNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "at the top": ({"replicaCount": 2}, "replicaCount"),
    "in a part": ({"api": {"replica": 2}}, "replica"),
    "in a part of a part": ({"redis": {"persistence": {"sise": "1Gi"}}}, "sise"),
    "in a pool": ({"workers": {"gpu": {"queue": "a"}}}, "queue"),
    "in a pool's part": ({"workers": {"gpu": {"autoscaling": {"minimum": 0}}}}, "minimum"),
    "a setting": ({"settings": {"deth_cap": 3}}, "deth_cap"),
    "a pool's setting": ({"workers": {"gpu": {"settings": {"deth_cap": 3}}}}, "deth_cap"),
}


@pytest.mark.parametrize("place", UNKNOWN)
def test_an_unknown_key_is_refused_by_its_name(place: str) -> None:
    # Given
    values, name = UNKNOWN[place]

    # Then
    assert name in refusal(values)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a word for a number": ({"api": {"replicas": "two"}}, "replicas"),
    "a number below zero": ({"api": {"replicas": -1}}, "replicas"),
    "two brokers": ({"rabbitmq": {"replicas": 2}}, "replicas"),
    "an autoscaler there is not": ({"workers": {"gpu": {"autoscaling": {"kind": "vpa"}}}}, "kind"),
    "no task at once": ({"workers": {"gpu": {"concurrency": 0}}}, "concurrency"),
    "a list for a map": ({"workers": [{"name": "gpu"}]}, "workers"),
    "a setting that is a list": ({"settings": {"max_crashes": [1]}}, "max_crashes"),
    "an fsync there is not": ({"redis": {"appendfsync": "no"}}, "appendfsync"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_value_of_the_wrong_kind_is_refused_by_its_key(wrong: str) -> None:
    # Given
    values, name = WRONG[wrong]

    # Then
    assert name in refusal(values)
