"""What tests of the chart may ask for."""

from pathlib import Path

import pytest

from tests.chart.combinations import EVERYTHING
from tests.chart.rendering import Release, render


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all that is here: `pytest -m chart`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.chart)


@pytest.fixture(scope="session")
def release() -> Release:
    """The chart with its defaults."""
    return render()


@pytest.fixture(scope="session")
def everything() -> Release:
    """The chart with all that can be on together."""
    return render(EVERYTHING)
