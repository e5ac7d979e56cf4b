"""A system of stand-ins for tests of the monkey, and what those need to see of it."""

import sys
from collections.abc import Iterator
from os import environ
from pathlib import Path

import pytest

from longshore_loadtest.faults.plan import Step
from longshore_loadtest.targets.local import LocalTarget
from longshore_loadtest.targets.processes import Process
from longshore_loadtest.targets.target import Local
from tests.services.program import Program
from tests.services.waiting import Eventually

ROOT = Path(__file__).parents[2]
FROZEN, RUNNING = "T", {"S", "R", "D"}


@pytest.fixture
def data(tmp_path: Path, eventually: Eventually) -> Iterator[Path]:
    """The data folder of a stand-in with a worker and a scheduler."""
    data = tmp_path / "data"
    words = [sys.executable, "-m", "tests.loadtest.stand_in", str(data)]
    program = Program(words, tmp_path / "stand-in.log", environ, ROOT)
    program.start()
    try:
        eventually(
            lambda: (data / "running.json").exists() and (data / "running.json").read_text(), within=30
        )
        target = LocalTarget(Local(str(data)))
        eventually(lambda: target.whole("worker") and target.whole("scheduler"), within=30)
        yield data
    finally:
        program.stop()


@pytest.fixture
def target(data: Path) -> LocalTarget:
    """The stand-in."""
    return LocalTarget(Local(str(data)))


class Told:
    """What a monkey tells."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str, str]] = []

    def __call__(self, name: str, place: str, phase: str, detail: str) -> None:
        """Take it down."""
        self.lines.append((name, place, phase, detail))

    def phases(self) -> list[str]:
        """In order."""
        return [phase for _, _, phase, _ in self.lines]


def worker(target: LocalTarget) -> Process:
    """The worker's process."""
    (found,) = target.instances("worker")
    return Process.of(found.uid)


def freezing(seconds: float, at: float = 0.0) -> Step:
    """A step that freezes the worker."""
    return Step(at, "freeze", "worker", seconds, 7)
