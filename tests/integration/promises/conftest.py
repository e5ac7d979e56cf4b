"""A whole Longshore behind its real API, for promises that are made to its users."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.marks import Marks
from tests.faults.system import System
from tests.services.ledger_users import LedgerUsers
from tests.services.processes import Processes


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    """The marks that this test's tasks leave."""
    return Marks(tmp_path / "marks")


@pytest.fixture
def system(
    processes: Processes, marks: Marks, ledger_url: str, ledger_users: LedgerUsers, broker_url: str
) -> Iterator[System]:
    """An API on a ledger and a RabbitMQ; the test starts the rest. Each is a ledger user of its own."""
    made = System(processes, marks, ledger=ledger_url, broker=broker_url, users=ledger_users)
    yield made
    made.close()
