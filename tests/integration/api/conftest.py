"""An API over an empty ledger that knows the examples, and a stand-in for the relay and the worker."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import pytest
from flask.testing import FlaskClient

from longshore.settings import Settings
from longshore_api import create_app
from longshore_examples.arithmetic import add, divide
from longshore_examples.wordcount import wordcount
from longshore_ledger import Ledger
from tests.integration.client.serving import api_process
from tests.services.ledger_users import LedgerUsers
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.waiting import Eventually

from .guarded import guarded
from .stand_in import StandInWorker

__all__ = ["api_process", "guarded"]

TASKS = {task.name: task for task in (add, divide, wordcount)}


@pytest.fixture
def ledger(ledger_url: str, ledger_users: LedgerUsers) -> Iterator[Ledger]:
    """An empty ledger, used as the API's user of it."""
    assert urlsplit(ledger_url).port == urlsplit(ledger_users.api).port
    opened = Ledger.open(ledger_users.api)
    yield opened
    opened.close()


@pytest.fixture
def catalogued(ledger: Ledger) -> Ledger:
    """A ledger in which a worker has published the examples."""
    ledger.catalogue.publish([task.spec for task in TASKS.values()])
    return ledger


@pytest.fixture
def settings(redis_url: str) -> Settings:
    """Settings of an API that listens on loopback."""
    return Settings(ledger=redis_url)


@pytest.fixture
def client(settings: Settings, catalogued: Ledger) -> Iterator[FlaskClient]:
    """A client of an API on loopback, where no keys are asked for."""
    with create_app(settings, catalogued).test_client() as client:
        yield client


@pytest.fixture
def worker(catalogued: Ledger) -> StandInWorker:
    """Runs what is ready when it is told to."""
    return StandInWorker(catalogued, TASKS)


@pytest.fixture
def submit(client: FlaskClient) -> Callable[..., str]:
    """`submit("add", [1, 2], id="x")`: a task that is on record; returns its id."""

    def submit(task: str, args: object, **fields: object) -> str:
        answer = client.post("/v1/tasks", json={"task": task, "args": args, **fields})
        assert answer.status_code == 202, answer.text
        return str(answer.json["id"])  # type: ignore[index]

    return submit


@dataclass(frozen=True)
class Api:
    """An API process that serves, and the address of its events."""

    process: Program
    events: str


StartApi = Callable[[str], Api]
"""The type of the fixture `start_api`."""


@pytest.fixture
def start_api(processes: Processes, eventually: Eventually) -> StartApi:
    """`start_api(ledger_url)`: an API that serves."""

    def start(ledger: str) -> Api:
        port = free_port()
        process = processes.start("api", ledger=ledger, port=port)

        def answers() -> bool:
            try:
                return httpx.get(f"http://127.0.0.1:{port}/readyz", trust_env=False).is_success
            except httpx.TransportError:
                return False

        eventually(answers, within=30)
        return Api(process, f"http://127.0.0.1:{port}/v1/events")

    return start


@pytest.fixture
def events_url(api_process: str, catalogued: Ledger, eventually: Eventually) -> str:
    """The address of the events of an API that a module's tests share; its ledger knows but the examples."""
    assert catalogued.catalogue.read()

    def has_seen() -> bool:  # its own copy of the catalogue may be a second old
        return "wordcount" in httpx.get(f"{api_process}/v1/catalogue", trust_env=False).text

    eventually(has_seen)
    return f"{api_process}/v1/events"
