"""An API over an empty ledger that knows the examples, and a stand-in for the relay and the worker."""

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from longshore.ledger import Ledger
from longshore.settings import Settings
from longshore_api import create_app
from longshore_examples.arithmetic import add, divide
from longshore_examples.wordcount import wordcount

from .stand_in import StandInWorker

TASKS = {task.name: task for task in (add, divide, wordcount)}


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
