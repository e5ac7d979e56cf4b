"""A CSV file names its columns once; each row is bound by these names."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.lines import BadFile, BadLine, parse, read_header

from .tasks import ADD, MIXED, NONE, TEXTS

_ALL = ["n", "flag", "text", "maybe"]


@pytest.mark.parametrize(
    ("line", "names"),
    [("a,b", ["a", "b"]), (" b , a", ["b", "a"]), ('"a","b"', ["a", "b"])],
)
def test_a_header_names_parameters_in_any_order(line: str, names: list[str]) -> None:
    assert read_header(line, ADD) == names


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("a,b,c", "line 1: unknown column 'c': add takes a, b"),
        ("a,b,", "line 1: unknown column '': add takes a, b"),
        ("3 4", "line 1: unknown column '3 4': add takes a, b"),
        ("a,b,a", "line 1: column 'a' is there twice"),
        ("a", "line 1: no column for b"),
        ("\0the line is longer than 9 bytes", "line 1: the line is longer than 9 bytes"),
        ('a,"b', "line 1: broken quotes in field 2 (a quoted field must end on its line)"),
    ],
)
def test_a_header_that_does_not_fit_the_task_refuses_the_file(line: str, reason: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_header(line, ADD)
    assert str(refused.value) == reason


def test_a_column_for_a_default_may_be_left_out() -> None:
    assert read_header("n,text", MIXED) == ["n", "text"]
    assert parse("1,x", MIXED, ["n", "text"]) == {"n": 1, "text": "x"}


def test_a_task_without_parameters_has_no_columns() -> None:
    with pytest.raises(BadFile, match="takes no arguments"):
        read_header("a", NONE)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("1,true,x,4", {"n": 1, "flag": True, "text": "x", "maybe": 4}),
        ("1, false , x y ,null", {"n": 1, "flag": False, "text": "x y", "maybe": None}),
        ('"1","true"," x ",4', {"n": 1, "flag": True, "text": " x ", "maybe": 4}),
        ('1,true,"a, ""b""" ,', {"n": 1, "flag": True, "text": 'a, "b"'}),
        ("1,,,", {"n": 1}),
        ('1,,"",', {"n": 1, "text": ""}),
    ],
)
def test_a_row_is_typed_as_values_are(line: str, row: dict[str, Any]) -> None:
    assert parse(line, MIXED, _ALL) == row


def test_an_empty_field_of_a_text_without_default_is_an_empty_text() -> None:
    assert parse("x,", TEXTS, ["b", "a"]) == {"b": "x", "a": ""}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,2,3", "expected 2 values, got 3"),
        ("1;2", "expected 2 values, got 1"),
        ("1,", "b: empty"),
        ('1,""', "b: expected a number, got ''"),
        ("x,2", "a: expected a number, got 'x'"),
        ("nan,2", "a: nan is refused: numbers must be finite"),
        ('1,"2', "broken quotes in field 2 (a quoted field must end on its line)"),
        ('1,"2"3', "broken quotes in field 2 (a quoted field must end on its line)"),
        ('1,2"', "broken quotes in field 2 (a quoted field must end on its line)"),
        ('{"a": 1, "b": 2}', "broken quotes in field 1 (a quoted field must end on its line)"),
    ],
)
def test_a_row_that_is_no_call_says_why(line: str, reason: str) -> None:
    with pytest.raises(BadLine) as refused:
        parse(line, ADD, ["a", "b"])
    assert str(refused.value) == reason


def test_one_column_is_one_value() -> None:
    with pytest.raises(BadLine, match=r"^expected 1 value, got 2$"):
        parse("1,2", MIXED, ["n"])


@given(st.tuples(st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8")), st.just("x")))
def test_what_a_csv_writer_quotes_is_read_as_it_was(row: tuple[str, str]) -> None:
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerow(row)
    line = written.getvalue().removesuffix("\r\n")
    assert parse(line, TEXTS, ["a", "b"]) == {"a": row[0], "b": row[1]}
