"""Fixtures: Prometheus and promtool."""

from pathlib import Path

import pytest

from tests.watching.programs import program


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here `chart`, but for what needs no helm: the alerts are tested everywhere."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.path != here / "test_alerts.py":
            item.add_marker(pytest.mark.chart)


@pytest.fixture(scope="session")
def promtool() -> str:
    """The path of promtool."""
    return program("promtool")


@pytest.fixture(scope="session")
def prometheus() -> str:
    """The path of Prometheus itself."""
    return program("prometheus")
