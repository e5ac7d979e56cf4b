"""What becomes of errors on the command line of the load tests."""

import errno
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.serving import make_server

from longshore.settings import Settings
from longshore_api import create_app
from longshore_ledger import Ledger
from longshore_loadtest.cli import main
from longshore_loadtest.history.record import Line, Record
from longshore_loadtest.run import conduct
from longshore_loadtest.targets.impossible import Impossible
from tests.loadtest.judging import judged
from tests.loadtest.telling import good, without


@contextmanager
def _serving(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "nowhere"])
def test_an_api_that_cannot_be_reached_is_said_without_a_traceback(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    words = ["run", "--url", url, "--marks-port", "0", "--output", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["longshore-loadtest", *words])

    # When
    with pytest.raises(SystemExit) as ended:
        main()

    # Then
    assert ended.value.code == 3
    (said,) = capsys.readouterr().err.splitlines()
    assert url in said


def test_a_key_that_is_not_known_is_said_before_anything_is_loaded(
    ledger_url: str,
    ledger: Ledger,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Given an API that asks for keys
    with _serving(create_app(Settings(ledger=ledger_url, host="0.0.0.0"), ledger)) as url:
        words = ["run", "--url", url, "--marks-port", "0", "--output", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", ["longshore-loadtest", *words])
        monkeypatch.setenv("LONGSHORE_KEY", "lsk_wrong")

        # When
        with pytest.raises(SystemExit) as ended:
            main()

    # Then
    assert ended.value.code == 3
    (said,) = capsys.readouterr().err.splitlines()
    assert "The key is not known" in said


def test_a_port_that_is_taken_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given somebody who listens there
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        words = ["run", "--marks-port", port, "--output", str(tmp_path)]
        monkeypatch.setattr(sys, "argv", ["longshore-loadtest", *words])

        # When
        with pytest.raises(SystemExit) as ended:
            main()

    # Then
    assert ended.value.code == 3
    (said,) = capsys.readouterr().err.splitlines()
    assert f"127.0.0.1:{port}" in said
    assert "--marks-port" in said


def test_what_else_the_store_of_marks_lacks_is_not_laid_to_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(conduct, "Server", full)
    words = ["run", "--marks-port", "5600", "--output", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", ["longshore-loadtest", *words])

    # When
    with pytest.raises(SystemExit) as ended:
        main()

    # Then
    assert ended.value.code == 3
    (said,) = capsys.readouterr().err.splitlines()
    assert "No space left on device" in said
    assert "another run" not in said


@pytest.mark.parametrize(
    ("text", "says"), [(None, "No such file"), ("{", "truncated"), ('{"run": "r"}', "missing required")]
)
def test_what_is_no_earlier_report_is_refused_before_anything_begins(
    text: str | None,
    says: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Given
    earlier, output = tmp_path / "report.json", tmp_path / "runs"
    if text is not None:
        earlier.write_text(text)
    words = ["run", "--up", "--compare", str(earlier), "--output", str(output)]
    monkeypatch.setattr(sys, "argv", ["longshore-loadtest", *words])

    # When
    with pytest.raises(SystemExit) as ended:
        main()

    # Then
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "--compare" in said
    assert says in said
    assert not output.exists()


@pytest.mark.parametrize("command", ["verify", "report"])
def test_a_run_of_another_version_is_said_to_be_one(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given
    header = '{"kind":"header","run":"r","started_at":"2026-11-21T08:00:00Z"}'
    (tmp_path / "history.main.ndjson").write_text(f'{header}\n{{"kind":"once"}}\n{{"kind":"once"}}\n')
    monkeypatch.setattr(sys, "argv", ["longshore-loadtest", command, str(tmp_path)])

    # When
    with pytest.raises(SystemExit) as ended:
        main()

    # Then
    assert ended.value.code == 3
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("history.main.ndjson:2: ")
    assert said.endswith("another version of longshore-loadtest wrote it")


@pytest.mark.parametrize(
    ("lines", "status"), [(good(), 3), (without(good(), Record, id="r-1"), 1)], ids=["kept", "broken"]
)
def test_a_broken_promise_counts_for_more_than_faults_that_failed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    lines: list[Line],
    status: int,
) -> None:
    # Given a run whose faults ended too early
    run = "longshore_loadtest.commands.run"
    monkeypatch.setattr(f"{run}.conduct", lambda _plan: Impossible("nobody answers"))
    monkeypatch.setattr(f"{run}.judge", lambda _folder, _earlier: judged(lines))
    monkeypatch.setattr(sys, "argv", ["longshore-loadtest", "run", "--output", str(tmp_path)])

    # When
    with pytest.raises(SystemExit) as ended:
        main()

    # Then
    assert ended.value.code == status
    assert capsys.readouterr().err == "the faults ended before their time: nobody answers\n"
