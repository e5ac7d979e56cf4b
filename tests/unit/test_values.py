"""JSON is read and written strictly: no NaN, no lost digits, nothing but JSON."""

import asyncio
import dataclasses
import io
import json
import math
import sys
from collections import OrderedDict, deque
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from ipaddress import ip_address
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

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
        ([10**5000], "an integer of more than 4300 digits; return it as text"),
        (object(), "object is not JSON; return text, numbers, lists or dicts"),
        ({(1, 2): 3}, "keys must be texts, numbers or dates, not tuple"),
        ({1: "a", "1": "b"}, "two keys of an object are '1' in JSON"),
        ({date(2031, 5, 4): "a", "2031-05-04": "b"}, "two keys of an object are '2031-05-04' in JSON"),
        ({math.nan: 1}, "not a finite number"),
        (["\ud800"], "half a surrogate pair"),
        ({"\ud800": 1}, "half a surrogate pair"),
        (Decimal("NaN"), "not a finite number"),
        (Fraction(1, 3), "fractions.Fraction is not JSON"),
        (1j, "complex is not JSON"),
        (ValueError("x"), "ValueError is not JSON"),
        (iter([1]), "list_iterator is not JSON; return a list"),
        (io.StringIO("x"), "StringIO is not JSON"),
        (b"\xff", "utf-8"),
        (int, "type is not JSON"),
        (asyncio.sleep(0), "a coroutine is not JSON; call asyncio.run in the task"),
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


class Colour(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


class Pair(NamedTuple):
    a: int
    b: int


class Model(BaseModel):
    at: date
    numbers: list[Decimal]


@pytest.mark.parametrize(
    ("value", "json_"),
    [
        ((1, "a", None, True, 1.5), '[1,"a",null,true,1.5]'),
        ([{1}, frozenset(), deque([1]), range(3), Pair(1, 2)], "[[1],[],[1],[0,1,2],[1,2]]"),
        ([{"a": 1}.keys(), {"a": 1}.values(), {"a": 1}.items()], '[["a"],[1],[["a",1]]]'),
        (OrderedDict(a=1), '{"a":1}'),
        (MappingProxyType({"a": range(1)}), '{"a":[0]}'),
        ({1: 1, 1.5: 2, True + 1: 3, None: 4}, '{"1":1,"1.5":2,"2":3,"null":4}'),
        ({date(2031, 5, 4): 1, UUID(int=1): 2, Colour.RED: 3, Level.HIGH: 4},
         '{"2031-05-04":1,"00000000-0000-0000-0000-000000000001":2,"red":3,"3":4}'),
        ([date(2031, 5, 4), time(1, 2), timedelta(seconds=90)], '["2031-05-04","01:02:00","PT1M30S"]'),
        ([Decimal("1.50"), UUID(int=1)], '["1.50","00000000-0000-0000-0000-000000000001"]'),
        ([Colour.RED, Level.HIGH, b"text", PurePosixPath("/x")], '["red",3,"text","/x"]'),
        (ip_address("::1"), '"::1"'),
        (Model(at=date(2031, 5, 4), numbers=[Decimal(1)]), '{"at":"2031-05-04","numbers":["1"]}'),
    ],
)  # fmt: skip
def test_each_type_of_the_table_is_written_as_it_says(value: Any, json_: str) -> None:
    assert encode(value).decode() == json_
    assert decode(encode(value)) == json.loads(json_)


def test_a_value_that_holds_itself_is_refused() -> None:
    # Given
    value: list[Any] = []
    value.append(value)

    # Then
    with pytest.raises(NotJSON):
        encode(value)


def test_no_integer_is_written_that_others_cannot_read() -> None:
    # Given a task that has lifted Python's limit
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        # Then
        with pytest.raises(NotJSON, match="more than 4300 digits"):
            encode([10**4300])
        written = encode([10**4300 - 1])
    finally:
        sys.set_int_max_str_digits(limit)
    assert decode(written) == [10**4300 - 1]
