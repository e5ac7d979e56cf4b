"""Longshore's own parts, and Celery's, as real processes with default settings."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from loadtest.benchmarks.options import ROOT
from loadtest.benchmarks.processor import tree_seconds
from loadtest.benchmarks.servers import Servers
from tests.services.ports import free_port
from tests.services.program import Program
from tests.services.waiting import eventually

NOOPS: Final = "loadtest.benchmarks.noops"
HELD: Final = "loadtest.benchmarks.held"


class Part:
    """One part, in a directory of its own."""

    def __init__(self, program: Program, directory: Path) -> None:
        self.program = program
        self._directory = directory

    @property
    def seconds(self) -> float:
        """Processor time it and its children have used, s."""
        return tree_seconds(self.program.pid)

    def wait_until_held(self) -> None:
        """Wait until a worker that loads `held` is ready to consume."""
        self.wait_for((self._directory / "ready").exists)

    def go(self) -> None:
        """Let a held worker consume."""
        (self._directory / "go").touch()

    def wait_for(self, condition: Callable[[], object], within: float = 60.0) -> None:
        """Wait for a condition; fail with the part's log if it does not come or the part ends."""

        def alive_and() -> object:
            if not self.program.alive():
                raise SystemExit(f"{self.program.argv} ended:\n{self.program.log()[-4000:]}")
            return condition()

        try:
            eventually(alive_and, within=within, every=0.05)
        except AssertionError as error:
            raise SystemExit(f"{self.program.argv}: {error}\n{self.program.log()[-4000:]}") from None


@contextmanager
def part(name: str, directory: Path, *words: str, **settings: object) -> Iterator[Part]:
    """Run `python -m longshore_<name> <words>`; ledger="redis://…" becomes LONGSHORE_LEDGER, and so on."""
    given = {f"LONGSHORE_{key.upper()}": str(value) for key, value in settings.items()}
    with _running([sys.executable, "-m", f"longshore_{name}", *words], directory, given) as running:
        yield running


@contextmanager
def api(directory: Path, ledger: str, **settings: object) -> Iterator[tuple[Part, str]]:
    """Run an API; gives it and its URL."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with part("api", directory, ledger=ledger, host="127.0.0.1", port=port, **settings) as running:

        def ready() -> bool:
            try:
                return httpx.get(f"{url}/readyz", trust_env=False).is_success
            except httpx.TransportError:
                return False

        running.wait_for(ready)
        yield running, url


@contextmanager
def celery(directory: Path, found: Servers, queue: str, concurrency: int) -> Iterator[Part]:
    """Run Celery's own worker on a queue, held, without what it can do without."""
    argv = [sys.executable, "-m", "celery", "-A", "loadtest.benchmarks.raw"]
    argv += ["-b", found.rabbitmq_url, "--result-backend", found.database(1)]
    argv += ["worker", "--concurrency", str(concurrency), "--queues", queue, "--loglevel", "WARNING"]
    argv += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with _running(argv, directory, {"C_FORCE_ROOT": "1"}) as running:
        yield running


@contextmanager
def _running(argv: list[str], directory: Path, settings: dict[str, str]) -> Iterator[Part]:
    own = directory / f"{len(list(directory.iterdir()))}-{Path(argv[2]).name}"
    own.mkdir()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
    env = {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}
    program = Program(argv, own / "log", env, own)
    program.start()
    try:
        yield Part(program, own)
    finally:
        program.stop(within=15)
