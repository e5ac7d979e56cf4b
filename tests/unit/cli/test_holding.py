"""One `longshore up` holds a data directory; others see who, and where."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from longshore_cli.up.holding import DataInUse, Holding, find_running


def _take(folder: Path, patience: float = 0.0) -> Holding:
    return Holding.take(folder, patience=patience, waiting=lambda: None)


def test_others_find_what_runs_while_it_runs(tmp_path: Path) -> None:
    # Given
    holding = _take(tmp_path / "data")

    # When
    holding.tell("http://127.0.0.1:5000", "redis://ledger", "redis://broker")

    # Then
    running = find_running(tmp_path / "data")
    assert running is not None
    assert (running.pid, running.url) == (os.getpid(), "http://127.0.0.1:5000")
    assert (running.ledger, running.broker) == ("redis://ledger", "redis://broker")

    # And no longer
    holding.release()
    assert find_running(tmp_path / "data") is None


def test_nothing_runs_where_nothing_ever_ran(tmp_path: Path) -> None:
    assert find_running(tmp_path / "nowhere") is None


def test_a_second_one_is_told_who_holds_the_data(tmp_path: Path) -> None:
    # Given
    holding = _take(tmp_path)
    holding.tell("http://127.0.0.1:5000", "l", "b")

    # When
    with pytest.raises(DataInUse) as raised:
        _take(tmp_path, patience=60.0)

    # Then
    assert f"process {os.getpid()} " in raised.value.detail
    assert "http://127.0.0.1:5000" in raised.value.detail
    assert "--data" in raised.value.detail
    holding.release()


def test_the_ledger_of_a_killed_one_is_waited_for(tmp_path: Path) -> None:
    # Given a supervisor that was killed while its ledger, which shares the lock, still writes
    script = "import sys; sys.stdin.read()"
    holding = _take(tmp_path)
    holding.tell("http://127.0.0.1:5000", "l", "b")
    note = tmp_path / "running.json"
    note.write_text(note.read_text().replace(f'"pid":{os.getpid()}', '"pid":999999999'))
    ledger = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, pass_fds=[holding.fileno()]
    )
    holding._file.close()
    asked: list[str] = []

    # When the next one starts, and the ledger ends while it waits
    def waiting() -> None:
        asked.append("waiting")
        ledger.communicate()

    second = Holding.take(tmp_path, patience=30.0, waiting=waiting)

    # Then it has the data, and the old note is gone
    assert asked == ["waiting"]
    assert note.read_text() == ""
    second.release()


def test_what_is_written_there_is_for_its_owner_only(tmp_path: Path) -> None:
    holding = _take(tmp_path / "data")
    holding.tell("u", "redis://:secret@127.0.0.1/0", "b")

    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "running.json").stat().st_mode & 0o077 == 0
    holding.release()
