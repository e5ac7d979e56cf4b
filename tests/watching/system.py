"""A whole Longshore with a Prometheus that looks at every part once a second."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from tests.services.ports import free_port
from tests.services.processes import Processes
from tests.services.program import Program
from tests.services.waiting import eventually
from tests.watching.rules import ROOT

SERVED: Final = "panels,interrupted"
"""The queues of `work` that have a worker."""


class Watched:
    """An API, a scheduler, a worker, and what they tell. Each has a port for its metrics."""

    def __init__(self, processes: Processes, *, ledger: str, broker: str, broker_metrics: int) -> None:
        self.metrics: dict[str, int] = {"rabbitmq": broker_metrics}
        """Ports on 127.0.0.1 that Prometheus is to scrape, by part."""
        self._processes = processes
        self._settings = {"ledger": ledger, "broker": broker, "host": "127.0.0.1"}
        self._port = free_port()
        self.api = httpx.Client(base_url=f"http://127.0.0.1:{self._port}", trust_env=False, timeout=30)

    def start(self) -> None:
        """Start all parts, and wait until the API knows the tasks."""
        self._start("api", port=self._port)
        self._start("scheduler")
        words = ("-Q", SERVED, "-c", "2", "-P", "prefork")
        self._start("worker", *words, tasks="tests.watching.work")
        eventually(self._knows_the_tasks, within=60)

    def _start(self, part: str, *words: str, **settings: object) -> None:
        port = self.metrics[part] = free_port()
        self._processes.start(
            part, *words, env={"PYTHONPATH": str(ROOT)}, **self._settings, metrics_port=port, **settings
        )

    def _knows_the_tasks(self) -> bool:
        try:
            return '"work"' in self.api.get("/v1/catalogue").text
        except httpx.TransportError:
            return False


class Prometheus:
    """A server of this test's own."""

    def __init__(self, program: str, directory: Path, targets: dict[str, int]) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        directory.mkdir()
        configuration = {  # JSON is YAML
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
            "scrape_configs": [
                {"job_name": part, "static_configs": [{"targets": [f"127.0.0.1:{of}"]}]}
                for part, of in targets.items()
            ],
        }
        (directory / "prometheus.yml").write_text(json.dumps(configuration))
        words = [
            f"--config.file={directory}/prometheus.yml",
            f"--storage.tsdb.path={directory}/data",
            f"--web.listen-address=127.0.0.1:{port}",
        ]
        self.program = Program([program, *words], directory / "log", {}, directory)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.program.start()
        eventually(_is_ready(self.url), within=60)


def _is_ready(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            return httpx.get(f"{url}/-/ready", trust_env=False).is_success
        except httpx.TransportError:
            return False

    return ready
