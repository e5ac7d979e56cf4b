"""Settings of which each is fine alone."""

from typing import Any

import pytest

from longshore.settings import Settings
from longshore_cli.doctor.contradictions import check_settings
from longshore_cli.doctor.finding import Level


def _settings(given: dict[str, Any]) -> Settings:
    return Settings.model_construct(set(given), **Settings().model_dump() | given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"port": 6000}, "LONGSHORE_URL"),
        ({"key": "lsk_secret", "url": "http://longshore.example.com"}, "https://"),
        ({"ledger": "redis://:pw@box/0", "broker": "redis://box:6379"}, "a database of its own"),
        ({"ledger": "redis://box/0", "broker": "redis://box/1", "queue_type": "quorum"}, "Unset it"),
        ({"retention_seconds": 10.0}, "seven days"),
        ({"heartbeat_seconds": 2.0}, "three heartbeats"),
    ],
)
def test_what_cannot_all_be_meant_is_told(given: dict[str, Any], told: str) -> None:
    (finding,) = check_settings(_settings(given))

    assert finding.level is Level.WARN
    assert told in finding.advice
    assert "pw" not in finding.text + finding.advice
    assert "lsk_" not in finding.text + finding.advice


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"port": 6000, "url": "http://127.0.0.1:6000"},
        {"port": 0},
        {"key": "lsk_secret"},
        {"ledger": "redis://box/0", "broker": "redis://box/1"},
    ],
)
def test_what_goes_together_is_well(given: dict[str, Any]) -> None:
    (finding,) = check_settings(_settings(given))

    assert finding.level is Level.OK
