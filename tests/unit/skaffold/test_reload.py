"""The dev loop's reloader: a changed source is running a moment later, and signals arrive."""

import os
import sys
from pathlib import Path

import pytest

from tests.services.evidence import Evidence
from tests.services.program import Program
from tests.services.waiting import Eventually
from tests.unit.skaffold.profiles import ROOT

PART = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("runs one", sys.argv[1:], flush=True)
signal.pause()
"""


@pytest.fixture
def reloader(tmp_path: Path, evidence: Evidence) -> Program:
    package = tmp_path / "site" / "longshore_part"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(PART)
    env = {**os.environ, "SOURCES": str(tmp_path / "site"), "COPY": str(tmp_path / "copy")}
    words = [sys.executable, str(ROOT / "k8s/dev/reload.py"), "-m", "longshore_part", "-c", "2"]
    program = Program(words, tmp_path / "log", env)
    evidence.add("reloader", program.log)
    return program


def test_a_change_runs_and_a_broken_one_waits_for_the_next(
    reloader: Program, tmp_path: Path, eventually: Eventually
) -> None:
    # Given
    source = tmp_path / "copy" / "longshore_part" / "__main__.py"
    reloader.start()
    try:
        eventually(lambda: "runs one ['-c', '2']" in reloader.log())

        # Then: each change in its turn
        source.write_text(PART.replace("one", "two"))
        eventually(lambda: "runs two" in reloader.log())
        source.write_text("not python(")
        eventually(lambda: "SyntaxError" in reloader.log())
        source.write_text(PART.replace("one", "three"))
        eventually(lambda: "runs three" in reloader.log())
    finally:
        reloader.stop()

    # Then
    assert reloader.process.returncode == 0


def test_a_part_that_fails_at_the_start_fails(reloader: Program, tmp_path: Path) -> None:
    # Given
    (tmp_path / "site" / "longshore_part" / "__main__.py").write_text("raise SystemExit(3)")

    # When
    reloader.start()

    # Then
    assert reloader.wait() == 3
