"""What reaches the terminal: nothing that it would obey, and rows that stay rows."""

import io
import json
import sys

import pytest

from longshore_cli.display import (
    print_error,
    print_fields,
    print_json,
    print_line,
    print_rows,
    print_text,
    span,
)
from longshore_cli.visible import visible, visible_json, visible_lines

_FOREIGN = "a\x1b]52;c;YQ==\x07\x9b2J\u202e\u2028\r\udcffb"
_SHOWN = r"a\x1b]52;c;YQ==\x07\x9b2J\u202e\u2028\r\udcffb"


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty columns of it."""
    monkeypatch.setattr("longshore_cli.display.at_terminal", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "40")


def test_control_characters_are_shown() -> None:
    assert visible(f"{_FOREIGN}\n\t") == _SHOWN + r"\n\t"
    assert visible_lines(f"{_FOREIGN}\n\t\r\n") == _SHOWN + "\n\t\r\n"
    assert visible("数据 é [/x] 👩‍🚀") == "数据 é [/x] 👩‍🚀"


def test_json_stays_the_same_document() -> None:
    value = {"a": "\x7f\x9b\u202e é 👩"}
    document = json.dumps(value, ensure_ascii=False)

    assert json.loads(visible_json(document)) == json.loads(visible_json(document, ascii_only=True)) == value
    assert not set("\x7f\x9b\u202e") & set(visible_json(document))
    assert visible_json(document, ascii_only=True).isascii()


def test_in_a_pipe_rows_stay_rows(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(["id", "outcome"], [["one", f"{_FOREIGN}\nsecond\tcell"], ["two", ["\x9b"]]], empty="")
    print_fields([("error", "Boom: \x1b[31m\nTraceback"), ("result", 1)])
    print_line("a\nb")

    assert capsys.readouterr().out.split("\n") == [
        "id\toutcome",
        f"one\t{_SHOWN}\\nsecond\\tcell",
        'two\t["\\x9b"]',
        "error   Boom: \\x1b[31m\\nTraceback",
        "result  1",
        "a\\nb",
        "",
    ]


@pytest.mark.usefixtures("at_a_terminal")
def test_at_a_terminal_an_id_is_never_cut_and_a_traceback_has_its_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Given an id that is longer than a line of the terminal
    id = "0123456789" * 5

    # When
    print_rows(["id", "state", "outcome"], [[id, "SUCCESS", "x" * 60], ["short", "", _FOREIGN]], empty="")
    print_fields([("traceback", "line 1\nline \x1b[2J")])

    # Then
    shown = capsys.readouterr().out
    assert id in shown
    assert "SUCCESS" in shown
    assert "\x1b]" not in shown
    assert "line 1\n           line \\x1b[2J\n" in shown


def test_a_text_is_printed_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_text(f"one\n\t{_FOREIGN}")

    assert capsys.readouterr().out == f"one\n\t{_SHOWN}\n"


def test_a_stream_of_ascii_takes_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)

    # When
    print_json({"name": "数据"})
    print_error("Café", "\udcff", json=True)

    # Then
    stream.flush()
    first, second = stream.buffer.getvalue().splitlines()
    assert json.loads(first) == {"name": "数据"}
    assert json.loads(second)["error"] == {"title": "Café", "detail": r"\udcff"}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "0 ms"), (0.9996, "1.0 s"), (119.0, "119.0 s"), (120.0, "2 min"), (7_200.0, "2 h"), (2e5, "2 d")],
)
def test_a_span_is_said_in_the_largest_unit_that_says_something(seconds: float, said: str) -> None:
    assert span(seconds) == said
