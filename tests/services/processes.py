"""The parts of Longshore as real processes."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.evidence import Evidence
from tests.services.program import Program


class Processes:
    """Starts parts and ends those that still run when the test is over."""

    def __init__(self, directory: Path, evidence: Evidence) -> None:
        self._directory = directory
        self._evidence = evidence
        self._started: list[Program] = []

    def start(self, part: str, *words: str, env: dict[str, str] | None = None, **settings: object) -> Program:
        """Start `python -P -m longshore_<part> <words>`; ledger="redis://…" becomes LONGSHORE_LEDGER.

        It returns at once: wait with `eventually` for what the test needs.
        """
        number = len(self._started)
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
        given = {f"LONGSHORE_{name.upper()}": str(value) for name, value in settings.items()}
        program = Program(
            [sys.executable, "-P", "-m", f"longshore_{part}", *words],
            self._directory / f"{number}-{part}.log",
            {**inherited, "PYTHONUNBUFFERED": "1", "PYTHONFAULTHANDLER": "1", **given, **(env or {})},
            self._directory,
        )
        self._evidence.add(f"{part} ({number})", program.log)
        self._started.append(program)
        program.start()
        return program

    def end(self) -> None:
        """SIGTERM to all, then SIGKILL to what is left of them."""
        for program in reversed(self._started):
            program.thaw()
            if program.alive():
                program.process.send_signal(signal.SIGTERM)
        for program in self._started:
            program.stop(within=10)


@pytest.fixture
def processes(tmp_path: Path, evidence: Evidence) -> Iterator[Processes]:
    """Starter of real parts, with their logs shown when the test fails."""
    directory = tmp_path / "processes"
    directory.mkdir()
    starter = Processes(directory, evidence)
    yield starter
    starter.end()
