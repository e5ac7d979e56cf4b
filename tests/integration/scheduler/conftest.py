"""A real ledger and each kind of broker."""

from collections.abc import Iterator

import pytest

from longshore.settings import Settings
from longshore_ledger import Ledger
from tests.integration.scheduler.harness import Harness


@pytest.fixture
def settings() -> Settings:
    """Defaults."""
    return Settings()


@pytest.fixture
def ledger(ledger_url: str, settings: Settings) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = Ledger.open(ledger_url, settings)
    yield opened
    opened.close()


@pytest.fixture
def harness(ledger: Ledger, either_broker_url: str, queue: str) -> Iterator[Harness]:
    """Ledger, broker, one queue, and who works on them."""
    opened = Harness(ledger, either_broker_url, queue)
    yield opened
    opened.close()
