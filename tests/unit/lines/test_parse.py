"""A line becomes the arguments of a call, or a reason why it is none."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore.catalogue import TaskSpec, check_args
from longshore.lines import BLANK, BadLine, Blank, parse, render

from .tasks import ADD, COLOUR, MIXED, NONE, TEXT, TEXTS


def _refusal(line: str, spec: TaskSpec = ADD, header: list[str] | None = None) -> str:
    with pytest.raises(BadLine) as refused:
        parse(line, spec, header)
    return str(refused.value)


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("3 4", "[3, 4]"),
        ("  3\t 4 ", "[3, 4]"),
        ("3\N{NO-BREAK SPACE}4", "[3, 4]"),
        ("3.0 0.1", "[3.0, 0.1]"),
        ("+3 -4", "[3, -4]"),
        (".5 5.", "[0.5, 5.0]"),
        ("1e3 -1.5E-3", "[1000.0, -0.0015]"),
        ("007 -0.0", "[7, -0.0]"),
        ("12345678901234567890123456789 1", "[12345678901234567890123456789, 1]"),
        ("1e-400 1", "[0.0, 1]"),
    ],
)
def test_values_are_bound_in_order_and_numbers_keep_their_kind(line: str, values: str) -> None:
    assert repr(parse(line, ADD)) == values


@pytest.mark.parametrize("line", ["", " ", "\t", "\r", "\N{NO-BREAK SPACE}"])
@pytest.mark.parametrize("header", [None, ["a", "b"]])
def test_a_line_with_nothing_on_it_is_blank(line: str, header: list[str] | None) -> None:
    assert parse(line, ADD, header) is BLANK
    assert isinstance(BLANK, Blank)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1 2 3", "expected 2 values, got 3"),
        ("1", "expected 2 values, got 1"),
        ("3,4", "expected 2 values, got 1"),
        ("three 4", "a: expected a number, got 'three'"),
        ("1 true", "b: expected a number, got 'true'"),
        ("1e400 1", "a: 1e400 is beyond the range of a float"),
        ("1 -1e400", "b: -1e400 is beyond the range of a float"),
        (f"{'9' * 400}.5 1", f"a: {'9' * 37}... is beyond the range of a float"),
        ("nan 1", "a: nan is refused: numbers must be finite"),
        ("1 -Infinity", "b: -Infinity is refused: numbers must be finite"),
        ("inf 1", "a: inf is refused: numbers must be finite"),
        (f"{'9' * 5000} 1", "a: an integer of 5000 digits; 4300 is the most"),
        ("1_000 1", "a: expected a number, got '1_000'"),
        ("0x10 1", "a: expected a number, got '0x10'"),
        ("\u0663 1", "a: expected a number, got '\u0663'"),
        ("\0the line is longer than 262144 bytes", "the line is longer than 262144 bytes"),
    ],
)
def test_a_line_that_is_no_call_says_why(line: str, reason: str) -> None:
    assert _refusal(line) == reason


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("1", [1]),
        ("1 true", [1, True]),
        ("1 false 5 null", [1, False, "5", None]),
        ("1 false nan 4", [1, False, "nan", 4]),
    ],
)
def test_the_schema_says_what_a_value_is(line: str, values: list[Any]) -> None:
    assert parse(line, MIXED) == values


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1 yes", "flag: expected true or false, got 'yes'"),
        ("1 1", "flag: expected true or false, got 1"),
        ("1 true - - -", "expected 1 to 4 values, got 5"),
        ("1.5", "n: expected a whole number, got 1.5"),
        ("1 true - x", "maybe: expected a whole number or null, got 'x'"),
    ],
)
def test_a_value_of_another_kind_is_refused(line: str, reason: str) -> None:
    assert _refusal(line, MIXED) == reason


def test_a_parameter_that_takes_text_alone_keeps_it() -> None:
    assert parse("1 1e400", TEXTS) == ["1", "1e400"]


def test_a_task_of_one_text_takes_the_whole_line() -> None:
    assert parse(" to be,  or not\t", TEXT) == [" to be,  or not\t"]
    assert parse("5", TEXT) == ["5"]


def test_a_choice_is_typed_by_its_alternatives() -> None:
    assert parse("red 2.5", COLOUR) == ["red", 2.5]
    assert parse("blue null", COLOUR) == ["blue", None]
    assert parse("red false", COLOUR) == ["red", False]


def test_a_task_without_parameters_takes_empty_objects_only() -> None:
    assert parse("{}", NONE) == {}
    assert _refusal("1", NONE) == "expected 0 values, got 1"


def test_a_parameter_that_says_nothing_of_its_type_takes_numbers_and_text() -> None:
    spec = TaskSpec(name="any", queue="q", schema={"properties": {"a": {}}}, parameters=("a", "b"))
    assert parse("1 x", spec) == [1, "x"]
    assert parse("true nan", spec) == ["true", "nan"]


def test_a_type_may_be_a_reference_or_refer_to_itself() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/$defs/Number"}, "b": {"$ref": "#/$defs/Tree"}},
        "$defs": {
            "Number": {"type": ["integer", "null"]},
            "Tree": {"oneOf": [{"type": "integer"}, {"$ref": "#/$defs/Tree"}]},
        },
    }
    spec = TaskSpec(name="refs", queue="q", schema=schema, parameters=("a", "b"))
    assert parse('{"a": null}', spec) == {"a": None}
    assert parse("null", spec) == [None]


@pytest.mark.parametrize(
    ("line", "args"),
    [
        ('{"a": 3, "b": 4}', {"a": 3, "b": 4}),
        (' {"b": 0.1, "a": 12345678901234567890123}', {"a": 12345678901234567890123, "b": 0.1}),
    ],
)
def test_a_line_may_be_a_json_object(line: str, args: dict[str, Any]) -> None:
    assert parse(line, ADD) == args


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 3}', "b: missing"),
        ('{"a": 3, "b": 4, "c": 5}', "c: unknown parameter: add takes a, b"),
        ('{"a": "3", "b": 4}', "a: expected a number, got '3'"),
        ('{"a": NaN, "b": 4}', "not a JSON object: NaN is not JSON: numbers must be finite"),
        ('{"a": 1e400, "b": 4}', "not a JSON object: number out of range"),
        ("{a: 3}", "not a JSON object: object keys must be strings (byte 1)"),
        ('{"a": 3, "b": 4} 5', "not a JSON object: trailing characters (byte 18)"),
    ],
)
def test_an_object_that_is_no_call_says_why(line: str, reason: str) -> None:
    assert _refusal(line) == reason


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False), st.integers(-(10**300), 10**300))
def test_a_number_that_was_rendered_is_parsed_to_the_same(a: float, b: float) -> None:
    parsed = parse(f"{render(a)} {render(b)}", ADD)
    assert isinstance(parsed, list)
    assert [type(each) for each in parsed] == [type(a), type(b)]
    assert parsed == [a, b]
    assert math.copysign(1, parsed[0]) == math.copysign(1, a)


@given(st.text(), st.sampled_from([ADD, MIXED, TEXT, TEXTS, NONE, COLOUR]), st.booleans())
def test_any_line_is_a_call_or_blank_or_refused(line: str, spec: TaskSpec, as_csv: bool) -> None:
    line = line.replace("\0", "")
    try:
        args = parse(line, spec, list(spec.parameters) if as_csv else None)
    except BadLine:
        return
    if args is not BLANK:
        check_args(spec, args)
