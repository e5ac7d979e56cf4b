"""A whole Longshore, as real processes on real servers, to be broken."""

import json
import os
import signal
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx

from longshore_ledger import Ledger
from tests.faults.marks import Marks
from tests.faults.work import QUEUE
from tests.services.ledger_users import LedgerUsers
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.waiting import eventually

ROOT: Final = Path(__file__).parents[2]
OLDER, NEWER = "tests.faults.work", "tests.faults.newer_work"
"""Modules of tasks: the newer one knows a task more."""


class System:
    """One API, schedulers and workers. Programs can be killed and started again where they are."""

    def __init__(
        self,
        processes: Processes,
        marks: Marks,
        *,
        ledger: str,
        broker: str,
        users: LedgerUsers | None = None,
        **settings: object,
    ) -> None:
        """Start the API. `users`: the ledger's URL of each part, where all of them are not `ledger`."""
        self.marks = marks
        self.headers: Mapping[str, str] = {}
        self.ledger_url = ledger
        self.workers: list[Program] = []
        self.schedulers: list[Program] = []
        self.ledger = Ledger.open(ledger)
        self._processes = processes
        self.killed: set[int] = set()
        """Pool children that `kill_a_running_child` has killed."""
        self._settings: dict[str, Any] = {
            "ledger": ledger,
            "broker": broker,
            "upload_lease_seconds": 5,
            "lease_seconds": 5,
            "drain_seconds": 5,
            **settings,
        }
        self._users = users or LedgerUsers(ledger, ledger, ledger, ledger)
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.api = processes.start(
            "api", **self._settings | {"ledger": self._users.api}, host="127.0.0.1", port=self._port
        )

    def start(self, *, schedulers: int = 1, workers: int = 2, concurrency: int = 2) -> None:
        """Start the rest, and wait until all of it is there."""
        for _ in range(schedulers):
            self.add_scheduler()
        for _ in range(workers):
            self.add_worker(concurrency)
        self.wait_until_up()

    def add_scheduler(self, **settings: object) -> Program:
        """Start one more scheduler."""
        given = self._settings | {"ledger": self._users.scheduler} | settings
        scheduler = self._processes.start("scheduler", **given)
        self.schedulers.append(scheduler)
        return scheduler

    def add_worker(self, concurrency: int = 2, tasks: str = OLDER, queues: str = QUEUE) -> Program:
        """Start one more worker, of a release that knows these tasks."""
        worker = self._processes.start(
            "worker",
            *("-Q", queues, "-c", str(concurrency), "--pool", "prefork"),
            env={"MARKS": str(self.marks.path), "PYTHONPATH": _path()},
            **self._settings | {"ledger": self._users.worker, "tasks": tasks},
        )
        self.workers.append(worker)
        return worker

    @property
    def programs(self) -> list[Program]:
        """Every part."""
        return [self.api, *self.schedulers, *self.workers]

    def wait_until_up(self, within: float = 60.0) -> None:
        """Wait until the API answers and the workers that are to live beat and have published their tasks."""
        alive = sum(worker.alive() for worker in self.workers)
        eventually(self._answers, within=within)
        eventually(lambda: len(self.live_workers()) >= alive, within=within)
        if alive:
            eventually(lambda: '"mark"' in self.get("/v1/catalogue").text, within=within)

    def start_again(self, worker: Program) -> None:
        """Start a worker that was killed, and wait until it beats under its new id."""
        before = set(self.live_workers())
        worker.start()
        eventually(lambda: set(self.live_workers()) - before, within=60)

    def live_workers(self) -> list[str]:
        """Ids of the workers that beat; none while the ledger is away."""
        return [view.id for view in self.ledger.views.workers() if view.alive]

    def kill_a_running_child(self) -> str:
        """`kill -9` a pool child in the middle of a task, and return the task's id."""

        def kill() -> str:
            for pid, id in self.marks.running().items():
                if pid in self.killed:  # it can be killed again until its parent has buried it
                    continue
                self.killed.add(pid)
                os.kill(pid, signal.SIGKILL)
                if self.marks.running().get(pid) == id:
                    return id
            return ""  # or it had just gone on to the next

        return eventually(kill, within=30, every=0.001)

    def get(self, path: str) -> httpx.Response:
        """Ask the API."""
        return httpx.get(f"{self.url}{path}", timeout=10, trust_env=False)

    def post(self, path: str, **body: Any) -> httpx.Response:
        """Send the API something."""
        return httpx.post(f"{self.url}{path}", timeout=10, trust_env=False, **body)

    def submit(self, id: str, task: str = "mark", args: object = (), **more: object) -> httpx.Response:
        """Submit one task."""
        return self.post("/v1/tasks", json={"id": id, "task": task, "args": args, **more})

    def submit_many(self, arguments: Mapping[str, object], at_once: int = 1000, **more: object) -> None:
        """Submit a `mark` for each id and its arguments; all must be accepted."""
        lines = [
            json.dumps({"id": id, "task": "mark", "args": args, **more}) for id, args in arguments.items()
        ]
        for part in (lines[at : at + at_once] for at in range(0, len(lines), at_once)):
            answer = self.post(
                "/v1/tasks/bulk",
                content="\n".join(part),
                headers={"Content-Type": "application/x-ndjson"},
            )
            assert answer.json().get("accepted") == len(part), answer.text

    def states(self, ids: Iterable[str]) -> set[str]:
        """The states that some of these tasks are in."""
        return {str(state) for state in self.ledger.views.states_of(list(ids))}

    def state(self, id: str) -> str:
        """State of a task as the ledger has it; empty if there is none."""
        task = self.ledger.views.task(id)
        return str(task.state) if task else ""

    def counted(self, what: str, task: str = "mark") -> int:
        """One of the ledger's counters."""
        return self.ledger.metrics.counters().get((what, QUEUE, task), 0)

    def close(self) -> None:
        """Let the ledger go; the processes end with their fixture."""
        self.ledger.close()

    def _answers(self) -> bool:
        try:
            return self.get("/readyz").is_success
        except httpx.TransportError:
            return False


def _path() -> str:
    return os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
