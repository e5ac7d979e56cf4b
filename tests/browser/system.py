"""A whole Longshore as its page shows it: real processes on real servers, and what tests ask of them."""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from longshore import Client
from longshore_ledger import Ledger
from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.waiting import eventually

ROOT: Final = Path(__file__).parents[2]


class System:
    """One API, one scheduler, and workers as wanted."""

    def __init__(
        self,
        processes: Processes,
        directory: Path,
        *,
        ledger: str,
        broker: str,
        port: int | None = None,
        **settings: object,
    ) -> None:
        self._processes = processes
        self._settings: dict[str, Any] = {"ledger": ledger, "broker": broker, "lease_seconds": 5, **settings}
        self.gate = directory / "gate"
        """While this file is there, `pass_gate` works and `wait_at_gate` ends."""
        port = port or free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.workers: list[Program] = []
        self.api = processes.start("api", **{"host": "127.0.0.1", **self._settings}, port=port)
        self.scheduler = processes.start("scheduler", **self._settings)
        self.ledger = Ledger.open(ledger)
        self.client = Client(self.url, str(settings.get("admin_key", "")) or None)

    @property
    def programs(self) -> list[Program]:
        """Every part."""
        return [self.api, self.scheduler, *self.workers]

    @property
    def origin(self) -> str:
        """Host and port, as requests name them."""
        return urlsplit(self.url).netloc

    def add_worker(self, concurrency: int = 2) -> Program:
        """Start one more worker, of all queues."""
        words = ("-c", str(concurrency), "--pool", "prefork")
        env = {"GATE": str(self.gate), "PYTHONPATH": _path()}
        worker = self._processes.start(
            "worker", *words, env=env, **self._settings, tasks="tests.browser.work"
        )
        self.workers.append(worker)
        return worker

    def wait_until_up(self) -> None:
        """Wait until the API answers and all workers beat and have published their tasks."""
        try:
            eventually(lambda: self.answers() and self._works(), within=60)
        except AssertionError as error:
            logs = "\n".join(program.log()[-2000:] for program in self.programs)
            raise AssertionError(f"{error}\n{logs}") from None

    def answers(self) -> bool:
        """Whether the API answers and has its ledger."""
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _works(self) -> bool:
        if not self.workers:
            return True
        return len(self.live_workers()) >= len(self.workers) and "order" in self.ledger.catalogue.read()

    def live_workers(self) -> dict[int, str]:
        """Ids of the workers that beat, by their process ids."""
        return {int(str(view.info["pid"])): view.id for view in self.ledger.views.workers() if view.alive}

    def state(self, id: str) -> str:
        """The state of a task."""
        task = self.ledger.views.task(id)
        return str(task.state) if task else ""

    def wait_for(self, id: str, *states: str) -> None:
        """Wait until a task is in one of these states."""
        eventually(lambda: self.state(id) in states, within=60)

    def close(self) -> None:
        """Let ledger and API go; the processes end with their fixture."""
        self.client.close()
        self.ledger.close()


def _path() -> str:
    return os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
