"""A worker whose loop stands still, or that takes nothing, is not alive; one whose ledger is away is."""

import json
import os
import tempfile
import time
from pathlib import Path

import pytest

from longshore_worker.probe import Pulse, probe
from tests.unit.worker.room import Room


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
    pulse = Pulse(Room().gate)

    # When
    pulse.beat()

    # Then
    assert probe() is None
    pulse.end()
    assert probe() == "no worker runs here"
    assert not notes.exists()


def test_a_loop_that_stands_still_is_dead(notes: Path) -> None:
    # Given
    Pulse(Room().gate).beat()

    # When
    _pass(notes, 30)

    # Then
    assert "has not turned for 30 s" in (probe() or "")


def test_a_worker_that_takes_nothing_is_dead(notes: Path) -> None:
    # Given: a delivery, room for it, and nobody who flushes
    room = Room()
    room.deliver()
    pulse = Pulse(room.gate)
    pulse.beat()
    assert probe() is None

    # When
    _pass(notes, 100)
    waiting = json.loads(notes.read_text())
    notes.write_text(json.dumps(waiting | {"turned": time.monotonic()}))

    # Then
    assert "takes no deliveries" in (probe() or "")


def test_a_ledger_that_is_away_is_not_the_workers_fault(notes: Path) -> None:
    # Given
    room = Room()
    room.deliver()
    room.gate.ledger_away = True

    # When
    Pulse(room.gate).beat()

    # Then
    assert json.loads(notes.read_text())["waiting_since"] is None


def test_the_note_of_a_dead_process_is_swept_away(notes: Path) -> None:
    # Given
    Pulse(Room().gate).beat()
    dead = notes.with_name("999999999.json")
    dead.write_text("{}")

    # When
    probe()

    # Then
    assert not dead.exists()
