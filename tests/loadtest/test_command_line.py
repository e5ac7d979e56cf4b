"""What becomes of errors on the command line of the load tests."""

import socket
import sys
from pathlib import Path

import pytest

from longshore_loadtest.cli import main


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
