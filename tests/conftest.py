"""What every test may ask for; the fixtures themselves are in tests/services."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.services import waiting

pytest_plugins = [
    "tests.services.evidence",
    "tests.services.shared",
    "tests.services.ledger_users",
    "tests.services.private",
    "tests.services.processes",
]


def pytest_configure() -> None:
    """Whoever ends the tests early ends the servers that they started, too."""
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("SIGTERM", returncode=143))


@pytest.fixture(scope="session")
def worker_number() -> int:
    """Number of this test process among those of pytest-xdist, 0 without it."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    """A developer's own LONGSHORE_* variables are none of the tests' business."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("LONGSHORE_") and not name.startswith("LONGSHORE_TEST_"):
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def eventually() -> waiting.Eventually:
    """`eventually(condition, within=30, every=0.02)`: wait for a condition, never for time."""
    return waiting.eventually


@pytest.fixture(scope="session")
def steadily() -> waiting.Steadily:
    """`steadily(condition, during=1)`: a condition that must go on holding."""
    return waiting.steadily
