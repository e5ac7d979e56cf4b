"""One tidy log: JSON for programs, a line a record for people."""

import json

import pytest

from longshore_cli.up.log import Log
from longshore_cli.up.valkey_log import read_valkey_line

_RECORD = '{"event": "serving", "level": "info", "timestamp": "t", "part": "api", "address": "http://x"}'


def test_json_passes_through_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    Log("json").pass_on("api", _RECORD)

    assert capsys.readouterr().out == _RECORD + "\n"


def test_a_plain_line_becomes_a_record_of_its_part(capsys: pytest.CaptureFixture[str]) -> None:
    Log("auto").pass_on("worker", "Traceback: [bold]x[/]")

    record = json.loads(capsys.readouterr().out)
    assert (record["part"], record["event"], record["level"]) == ("worker", "Traceback: [bold]x[/]", "info")


def test_people_get_a_line_with_part_event_and_fields(capsys: pytest.CaptureFixture[str]) -> None:
    Log("console").pass_on("api", _RECORD)

    line = capsys.readouterr().out
    assert line.split()[1:] == ["api", "serving", "address=http://x"]


def test_people_get_an_error_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    # Given
    frames = [{"filename": "a.py", "lineno": 1}, {"filename": "b.py", "lineno": 7}]
    exception = [{"exc_type": "ValueError", "exc_value": "no", "frames": frames}]

    # When
    Log("console").pass_on("api", json.dumps({"event": "failed", "level": "error", "exception": exception}))

    # Then
    assert "ValueError: no (b.py:7)" in capsys.readouterr().out


def test_people_are_spared_what_is_only_worth_noting(capsys: pytest.CaptureFixture[str]) -> None:
    Log("console").pass_on("ledger", "1:M 21 Nov 2026 12:22:12.335 * Server initialized")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("line", "level", "text"),
    [
        ("1:M 21 Nov 2026 12:22:12.335 * Server initialized", "debug", "Server initialized"),
        ("1:M 21 Nov 2026 12:22:12.335 # Can't save", "warning", "Can't save"),
        ("1:M 21 Nov 2026 12:22:12.335 # WARNING Memory overcommit must be", "debug", None),
        ("1:signal-handler (17) Received SIGTERM", "debug", None),
        ("*** FATAL CONFIG FILE ERROR ***", "warning", "*** FATAL CONFIG FILE ERROR ***"),
    ],
)
def test_valkeys_lines_have_a_level(line: str, level: str, text: str | None) -> None:
    record = read_valkey_line(line)

    assert record["level"] == level
    assert text in (None, record["event"])
