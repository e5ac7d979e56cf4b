"""Fixtures: Prometheus and promtool."""

from pathlib import Path

import pytest

from tests.watching.programs import program


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that is here: `pytest -m chart`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.chart)


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Debian's package goes, once."""
    return tmp_path_factory.mktemp("prometheus")


@pytest.fixture(scope="session")
def promtool(unpacked: Path) -> str:
    """The path of promtool."""
    return program("promtool", unpacked)


@pytest.fixture(scope="session")
def prometheus(unpacked: Path) -> str:
    """The path of Prometheus itself."""
    return program("prometheus", unpacked)
