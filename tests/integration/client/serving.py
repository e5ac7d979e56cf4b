"""A real API over the tests' Redis, one for all tests of a module, which each find the ledger empty."""

import os
import sys
from collections.abc import Iterator

import httpx
import pytest

from longshore.ledger import Ledger
from longshore_examples.arithmetic import add, divide
from longshore_examples.wordcount import wordcount
from tests.integration.api.stand_in import StandInWorker
from tests.services.ports import free_port
from tests.services.program import Program
from tests.services.waiting import Eventually

TASKS = {task.name: task for task in (add, divide, wordcount)}


@pytest.fixture(scope="module")
def api_process(
    redis_url: str, tmp_path_factory: pytest.TempPathFactory, eventually: Eventually
) -> Iterator[str]:
    """The address of an API that serves."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
    log = tmp_path_factory.mktemp("api") / "api.log"
    program = Program(
        [sys.executable, "-m", "longshore_api"],
        log,
        inherited | {"LONGSHORE_LEDGER": redis_url, "LONGSHORE_PORT": str(port)},
    )
    program.start()

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    eventually(answers, within=30)
    yield url
    program.stop(within=10)


@pytest.fixture
def catalogued(ledger: Ledger) -> Ledger:
    """An empty ledger in which a worker has published the examples."""
    ledger.catalogue.publish([task.spec for task in TASKS.values()])
    return ledger


@pytest.fixture
def url(api_process: str, catalogued: Ledger, eventually: Eventually) -> str:
    """The address of an API whose ledger is empty but for the examples."""
    assert catalogued.catalogue.read()

    def has_seen() -> bool:  # its own copy of the catalogue may be a second old
        return "wordcount" in httpx.get(f"{api_process}/v1/catalogue", trust_env=False).text

    eventually(has_seen)
    return api_process


@pytest.fixture
def worker(catalogued: Ledger) -> StandInWorker:
    """Runs what is ready when it is told to."""
    return StandInWorker(catalogued, TASKS)
