"""One tidy log: JSON for programs, a line a record for people."""

import json
import os
from collections.abc import Callable
from typing import Literal

import pytest

from longshore_cli.up.log import Log
from longshore_cli.up.outlet import Outlet
from longshore_cli.up.valkey_log import read_valkey_line

_RECORD = '{"event": "serving", "level": "info", "timestamp": "t", "part": "api", "address": "http://x"}'
_FOREIGN = "\x1b]52;c;YQ==\x07\x9b2J\u202e\udcff"
_SHOWN = r"\x1b]52;c;YQ==\x07\x9b2J\u202e\udcff"

Passed = Callable[..., str]


@pytest.fixture
def passed(capfd: pytest.CaptureFixture[str]) -> Passed:
    """`passed("console", "api", line)` is what the log makes of a part's line."""

    def passed(
        style: Literal["auto", "json", "console"], part: str, line: str, *, everything: bool = False
    ) -> str:
        log = Log(style, everything=everything)
        log.pass_on(part, line)
        log.finish(within=10.0)
        return capfd.readouterr().out

    return passed


def test_json_passes_through_as_it_is(passed: Passed) -> None:
    assert json.loads(passed("json", "api", _RECORD)) == json.loads(_RECORD)


def test_a_plain_line_becomes_a_record_of_its_part(passed: Passed) -> None:
    record = json.loads(passed("auto", "worker", "Traceback: [bold]x[/]"))

    assert (record["part"], record["event"], record["level"]) == ("worker", "Traceback: [bold]x[/]", "info")


def test_people_get_a_line_with_part_event_and_fields(passed: Passed) -> None:
    line = passed("console", "api", _RECORD)

    assert line.split()[1:] == ["api", "serving", "address=http://x"]


def test_people_get_an_error_with_its_place(passed: Passed) -> None:
    # Given
    frames = [{"filename": "a.py", "lineno": 1}, {"filename": "b.py", "lineno": 7}]
    exception = [{"exc_type": "ValueError", "exc_value": "no", "frames": frames}]

    # When
    said = passed("console", "api", json.dumps({"event": "failed", "level": "error", "exception": exception}))

    # Then
    assert "ValueError: no (b.py:7)" in said


def test_people_are_spared_what_is_only_worth_noting_unless_they_want_everything(passed: Passed) -> None:
    line = "1:M 21 Nov 2026 12:22:12.335 * Server initialized"

    assert passed("console", "ledger", line) == ""
    assert "Server initialized" in passed("console", "ledger", line, everything=True)


@pytest.mark.parametrize(
    "record",
    [
        {"event": "request", "method": "GET", "path": _FOREIGN, "status": 404, "ms": 1},
        {"event": "request", "method": "POST", "path": "/", "status": 202, "ms": 1, "id": _FOREIGN},
        {"event": _FOREIGN},
        {"event": f"two\nlines {_FOREIGN}"},
        {"event": "failed", "exception": [{"exc_type": "E", "exc_value": _FOREIGN}]},
        {"event": "failed", "exception": _FOREIGN},
        {"event": "e", _FOREIGN: 1},
    ],
)
def test_control_characters_are_shown_and_not_obeyed(passed: Passed, record: dict[str, object]) -> None:
    line = passed("console", "api", json.dumps(record))

    assert line.count("\n") == 1 + ("exception" in record)
    assert not set("\x1b\x07\x9b\u202e") & set(line)
    assert _SHOWN in line


def test_an_outlet_that_nobody_reads_holds_nothing_up() -> None:
    # Given a pipe that is full, and stays so
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream:
        outlet = Outlet(stream)

        # When
        for _ in range(100):
            outlet.write("x" * 1_000_000)
        outlet.finish(within=0.0)

        # Then what did not fit was dropped, and is counted when there is room
        assert outlet.take_lost() == 0
        while len(os.read(reading, 1 << 20)):
            if lost := outlet.take_lost():
                break
        assert 90 <= lost < 100
        os.close(reading)


def test_an_outlet_whose_reader_is_gone_takes_everything_and_says_nothing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        outlet = Outlet(stream)
        for _ in range(10):
            outlet.write("x\n")
        outlet.finish(within=10.0)

    closed = Outlet(None)  # as it is after `>&-`
    closed.write("x\n")
    closed.finish(within=10.0)


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
