"""Where the output goes may be closed, full, gone, or know ASCII only."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

_LONGSHORE = shlex.join([sys.executable, "-P", "-m", "longshore_cli"])


def _shell(line: str, pass_fds: tuple[int, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LONGSHORE_")}
    return subprocess.run(
        ["bash", "-c", line.replace("longshore", _LONGSHORE, 1)],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=60,
        pass_fds=pass_fds,
        check=False,
    )


@pytest.mark.parametrize("words", ["--help", "up --help", "version"])
def test_a_reader_that_goes_away_ends_the_command_quietly(words: str) -> None:
    # Given a pipe that nobody reads any more
    reading, writing = os.pipe()
    os.close(reading)

    # When
    done = _shell(f"longshore {words} >&{writing}", pass_fds=(writing,))
    os.close(writing)

    # Then
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("closing", [">&-", ">&- 2>&-"])
def test_a_stdout_that_is_closed_is_no_fault(closing: str) -> None:
    done = _shell(f"longshore version {closing}")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_is_full_is_said_to_be_that() -> None:
    done = _shell("longshore version > /dev/full")

    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_word_that_is_no_text_is_refused_on_a_terminal_that_knows_ascii_only() -> None:
    done = _shell(
        r"longshore status $'caf\xe9\xff' --json",
        LONGSHORE_URL="http://127.0.0.1:1",
        PYTHONIOENCODING="ascii",
    )

    assert done.returncode == 2
    assert "not UTF-8" in json.loads(done.stderr)["error"]["detail"]


def test_wrong_usage_is_json_when_json_was_asked_for() -> None:
    done = _shell("longshore status --json --bogus")

    assert done.returncode == 2
    assert json.loads(done.stderr)["error"] == {"title": "Wrong usage", "detail": "No such option: --bogus"}
