"""JSON is read and written strictly: no NaN, no lost digits, nothing but JSON."""

import dataclasses
import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.values import NotJSON, decode, encode

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(_VALUES)
def test_what_is_written_is_read_back_the_same(value: Any) -> None:
    assert repr(decode(encode(value))) == repr(value)


@given(_VALUES)
def test_any_other_reader_agrees(value: Any) -> None:
    assert repr(json.loads(encode(value))) == repr(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", "NaN is not JSON: numbers must be finite"),
        (b"[-Infinity]", "-Infinity is not JSON: numbers must be finite"),
        ("[1e400]", "number out of range"),
        (f"[{'9' * 5000}]", "integer value out of range"),
        ("[" * 100_000, "nested too deeply"),
        (b'["\xff"]', "the text is not UTF-8"),
        ("{a: 1}", "object keys must be strings (byte 1)"),
        ("", "input data was truncated"),
        ("1 2", "trailing characters (byte 3)"),
    ],
)
def test_what_is_not_json_is_refused_with_a_reason(text: bytes | str, reason: str) -> None:
    with pytest.raises(NotJSON) as refused:
        decode(text)
    assert str(refused.value) == reason


def _nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.nan, "not a finite number"),
        ({"a": [math.inf]}, "not a finite number"),
        ([10**5000], "Exceeds the limit"),
        (object(), "Unable to serialize unknown type"),
        ({(1, 2): 3}, "keys must be str"),
        (_nested(100_000), "nested too deeply"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_a_reason(value: Any, reason: str) -> None:
    with pytest.raises(NotJSON, match=reason):
        encode(value)


def test_what_pydantic_can_write_is_written() -> None:
    @dataclasses.dataclass
    class Point:
        x: int

    assert encode({"at": datetime(2031, 5, 4, tzinfo=UTC), "points": [Point(1)]}) == (
        b'{"at":"2031-05-04T00:00:00Z","points":[{"x":1}]}'
    )


def test_half_a_surrogate_pair_is_written_as_an_escape() -> None:
    assert encode(["\ud800é"]) == rb'["\ud800\u00e9"]'
