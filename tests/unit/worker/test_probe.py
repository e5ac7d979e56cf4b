"""A worker whose loop stands still, or that takes nothing, is not alive; one whose ledger is away is."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from longshore_worker.probe import probe
from tests.unit.worker.harness import Harness


@pytest.fixture(autouse=True)
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the notes of this test are."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"longshore-worker-{os.getuid()}" / f"{os.getpid()}.json"


def _pass(note: Path, seconds: float) -> None:
    """Let the note be so much older."""
    told = json.loads(note.read_text())
    note.write_text(json.dumps({name: at and at - seconds for name, at in told.items()}))


def test_a_worker_that_turns_is_alive(notes: Path) -> None:
    # Given
    liveness = Harness().liveness()

    # When
    liveness.beat()

    # Then
    assert probe() is None
    liveness.end()
    assert probe() == "no worker runs here"
    assert not notes.exists()


def test_a_loop_that_stands_still_is_dead(notes: Path) -> None:
    # Given
    Harness().liveness().beat()

    # When
    _pass(notes, 30)

    # Then
    assert "has not turned for 30 s" in (probe() or "")


def test_a_worker_that_takes_nothing_is_dead(notes: Path) -> None:
    # Given: a delivery, room for it, and nobody who flushes
    harness = Harness()
    harness.deliver()
    liveness = harness.liveness()
    liveness.beat()
    assert probe() is None

    # When
    _pass(notes, 100)
    waiting = json.loads(notes.read_text())
    notes.write_text(json.dumps(waiting | {"turned": time.monotonic()}))

    # Then
    assert "takes no deliveries" in (probe() or "")


def test_a_ledger_that_is_away_is_not_the_workers_fault(notes: Path) -> None:
    # Given
    harness = Harness()
    harness.deliver()
    harness.state.ledger_away = True

    # When
    harness.liveness().beat()

    # Then
    assert json.loads(notes.read_text())["waiting_since"] is None


def test_without_a_file_it_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a worker that begins
    harness = Harness()
    liveness = harness.liveness()
    assert liveness.trouble() is None

    # When its loop turns, stands still, and turns again
    liveness.beat()
    assert liveness.trouble() is None
    now = time.monotonic()
    with monkeypatch.context() as later:
        later.setattr(time, "monotonic", lambda: now + 30)
        assert liveness.trouble() == "the loop of the worker has not turned for 30 s"
        harness.deliver()
        liveness.beat()
        assert liveness.trouble() is None

    # Then it is alive, until nobody takes what was delivered
    with monkeypatch.context() as later:
        later.setattr(time, "monotonic", lambda: now + 100)
        liveness.beat()
        assert liveness.trouble() == "the worker takes no deliveries"
        liveness.end()
        assert liveness.trouble() is None


def test_the_command_costs_no_celery(tmp_path: Path) -> None:
    # Given: as `python -m longshore_worker --probe` does it
    script = """
import runpy, sys
sys.argv = ["longshore_worker", "--probe"]
try:
    runpy.run_module("longshore_worker", run_name="__main__", alter_sys=True)
except SystemExit as ended:
    dear = {"celery", "kombu", "pydantic", "redis"} & set(sys.modules)
    print(ended.code, sorted(dear))
"""

    # When
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    # Then
    assert (done.stdout, done.stderr) == ("1 []\n", "no worker runs here\n")


def test_the_note_of_a_dead_process_is_swept_away(notes: Path) -> None:
    # Given
    Harness().liveness().beat()
    dead = notes.with_name("999999999.json")
    dead.write_text("{}")

    # When
    probe()

    # Then
    assert not dead.exists()
