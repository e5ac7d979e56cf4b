"""Fixtures: a harness with one ledger, one broker, a scheduler, and workers as real processes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from longshore.states import TERMINAL, State
from longshore_ledger import Ledger
from longshore_ledger.records import NewTask
from longshore_ledger.shapes import Task
from tests.services.evidence import evidence_of
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.runner import Server
from tests.services.shared import Rabbit, flushed, new_vhost, url_of
from tests.services.waiting import eventually

TASKS = Path(__file__).with_name("tasks.py")


class Harness:
    """Submits tasks and looks at them; starts workers and the scheduler."""

    def __init__(self, processes: Processes, ledger_url: str, broker_url: str, marks: Path) -> None:
        self.ledger = Ledger.open(ledger_url)
        self.broker_url = broker_url
        self._processes = processes
        self._marks = marks
        self._settings = {"ledger": ledger_url, "broker": broker_url, "log_format": "json"}

    def start_worker(
        self,
        *words: str,
        tasks: object = TASKS,
        ready: bool = True,
        env: dict[str, str] | None = None,
        **settings: Any,
    ) -> Program:
        """Start a worker, and wait until it beats."""
        before = {view.id for view in self.ledger.views.workers()} if ready else set[str]()
        given: dict[str, Any] = {"tasks": tasks, "drain_seconds": 5} | self._settings | settings
        environment = {"MARKS": str(self._marks)} | (env or {})
        worker = self._processes.start("worker", *words, env=environment, **given)
        if ready:
            eventually(
                lambda: {view.id for view in self.ledger.views.workers() if view.alive} - before, within=60
            )
        return worker

    def start_scheduler(self, **settings: Any) -> Program:
        """Start the relay, and the loops that reap workers."""
        return self._processes.start("scheduler", **(self._settings | settings))

    def probe(self, env: dict[str, str]) -> int:
        """Return the exit status of the probe command."""
        return self._processes.start("worker", "--probe", env=env, **self._settings).wait()

    def submit(self, name: str, *arguments: object, queue: str | None = None, **options: Any) -> list[str]:
        """Submit a task for each argument, and return their ids."""
        ids = [str(uuid4()) for _ in arguments]
        new = [
            NewTask(
                id=id,
                task=name,
                queue=queue or name,
                args=json.dumps([argument]).encode(),
                digest=b"8 bytes!",
                **options,
            )
            for id, argument in zip(ids, arguments, strict=True)
        ]
        for at in range(0, len(new), 500):
            self.ledger.intake.submit(new[at : at + 500])
        return ids

    def tasks(self, ids: list[str]) -> list[Task]:
        """Return the tasks as everybody sees them."""
        found = [
            task for at in range(0, len(ids), 500) for task in self.ledger.views.tasks(ids[at : at + 500])
        ]
        return [task for task in found if task is not None]

    def states(self, ids: list[str]) -> set[str]:
        """Return the states that some of these tasks are in."""
        return {task.state.value for task in self.tasks(ids)}

    def finish(self, ids: list[str], within: float = 30.0) -> list[Task]:
        """Wait until all have ended, and return them."""

        def ended() -> list[Task] | None:
            tasks = self.tasks(ids)
            unfinished = [task for task in tasks if task.state not in TERMINAL]
            assert not unfinished, unfinished[:3]
            return tasks

        found = eventually(ended, within=within)
        assert found is not None
        return found

    def begin(self, id: str, within: float = 30.0) -> Task:
        """Wait until a task is STARTED and its function has left a mark."""
        eventually(lambda: f"begun {id}" in self.marks(), within=within)
        [task] = self.tasks([id])
        assert task.state is State.STARTED
        return task

    def marks(self) -> str:
        """What tasks have written so far."""
        return self._marks.read_text() if self._marks.exists() else ""


@pytest.fixture
def make_harness(processes: Processes, ledger_url: str, tmp_path: Path) -> Iterator[Callable[..., Harness]]:
    """Make a harness on a broker, and a ledger, of the test's choice."""
    made: list[Harness] = []

    def make(broker_url: str, ledger: str = ledger_url) -> Harness:
        made.append(Harness(processes, ledger, broker_url, tmp_path / "marks"))
        return made[-1]

    yield make
    for harness in made:
        harness.ledger.close()


@pytest.fixture
def harness(make_harness: Callable[..., Harness], broker_url: str) -> Harness:
    """A harness on RabbitMQ, with a scheduler."""
    made = make_harness(broker_url)
    made.start_scheduler()
    return made


@pytest.fixture(scope="module")
def shared_harness(
    request: pytest.FixtureRequest,
    rabbitmq: Rabbit,
    redis_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Harness]:
    """A harness on RabbitMQ, with a scheduler, for a module of which no test needs a ledger of its own."""
    directory = tmp_path_factory.mktemp("harness")
    processes = Processes(directory, evidence_of(request))
    with new_vhost(rabbitmq) as vhost:
        made = Harness(processes, flushed(redis_url), url_of(rabbitmq, vhost), directory / "marks")
        made.start_scheduler()
        yield made
        processes.end()
        made.ledger.close()


@pytest.fixture
def harness_on_embedded(
    make_harness: Callable[..., Harness], embedded: Server, embedded_broker_url: str
) -> Harness:
    """A harness whose broker and ledger are one embedded Valkey, with a scheduler."""
    made = make_harness(embedded_broker_url, embedded.url)
    made.start_scheduler()
    return made
