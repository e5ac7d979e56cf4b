"""A result becomes one line of text."""

import enum
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.lines import BadLine, error_line, render


class Level(enum.IntEnum):
    HIGH = 3


class Loud(float):
    def __repr__(self) -> str:
        return "LOUD"


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (7, "7"),
        (10**30, "1" + "0" * 30),
        (0.1 + 0.2, "0.30000000000000004"),
        (3.0, "3.0"),
        (1e16, "1e+16"),
        (-0.0, "-0.0"),
        (True, "true"),
        (None, "null"),
        (Level.HIGH, "3"),
        (Loud(2.5), "2.5"),
        ("grün\tund 東", "grün\tund 東"),
        ("", ""),
        ("7", "7"),
        ("two\nlines", r'"two\nlines"'),
        ("two\u2028lines", r'"two\u2028lines"'),
        ("bell\x07", r'"bell\u0007"'),
        ("half \ud800", r'"half \ud800"'),
        ([1, {"größe": 2.5}], '[1,{"größe":2.5}]'),
        ({"a": None}, '{"a":null}'),
    ],
)
def test_a_result_is_shown_plainly(result: Any, line: str) -> None:
    assert render(result) == line


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (math.nan, "the result: not a finite number"),
        ([math.inf], "the result: not a finite number"),
        ([10**5000], "the result: an integer of more than 4300 digits"),
        (object(), "the result: object is not JSON"),
    ],
)
def test_what_json_cannot_hold_is_a_failed_line(result: Any, reason: str) -> None:
    with pytest.raises(BadLine, match=reason):
        render(result)


@given(st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_a_result_never_leaves_its_line(result: Any) -> None:
    line = render(result)
    assert "\n" not in line
    assert "\r" not in line
    line.encode()


def test_an_error_is_one_line_with_its_number() -> None:
    assert error_line(17, "expected 2 values, got 3") == "error: line 17: expected 2 values, got 3"
    assert error_line(3, "ValueError: first\n  second\r\n") == "error: line 3: ValueError: first second"
