"""A real API over the tests' Redis, one for all tests of a module, which each find the ledger empty."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from longshore_examples.arithmetic import add, divide
from longshore_examples.wordcount import wordcount
from longshore_ledger import Ledger
from tests.integration.api.stand_in import StandInWorker
from tests.services.ports import free_port
from tests.services.program import Program
from tests.services.waiting import Eventually

TASKS = {task.name: task for task in (add, divide, wordcount)}


@contextmanager
def serving(ledger_url: str, log: Path, eventually: Eventually, **settings: object) -> Iterator[Program]:
    """An API that serves on a port of its own, `env["LONGSHORE_PORT"]`; ended afterwards."""
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
    given = {"ledger": ledger_url, "port": port, **settings}
    program = Program(
        [sys.executable, "-P", "-m", "longshore_api"],
        log,
        inherited | {f"LONGSHORE_{name.upper()}": str(value) for name, value in given.items()},
    )
    program.start()

    def answers() -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    try:
        eventually(answers, within=30)
        yield program
    finally:
        program.stop(within=10)


@pytest.fixture(scope="module")
def api_process(
    redis_url: str, tmp_path_factory: pytest.TempPathFactory, eventually: Eventually
) -> Iterator[str]:
    """The address of an API that serves, in HTTP/1.0 as well: without keys it takes that for a proxy's."""
    log = tmp_path_factory.mktemp("api") / "api.log"
    with serving(redis_url, log, eventually, auth="none") as program:
        yield f"http://127.0.0.1:{program.env['LONGSHORE_PORT']}"


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
