"""Words of a command line become a task's arguments."""

import re
from typing import Any

import pytest
import typer

from longshore.client import TaskSpec
from longshore_cli.arguments import arguments_of


def _add() -> TaskSpec:
    return TaskSpec(name="add", queue="add", parameters=("a", "b", "c"), schema={"required": ["a", "b"]})


def _not_asked() -> TaskSpec:
    raise AssertionError("the catalogue is asked for names alone")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["2", "3"], [2, 3]),
        (["-2", "-2.5", "1e3"], [-2, -2.5, 1000.0]),
        (["hello", "true", "null", '"2"'], ["hello", True, None, "2"]),
        (["[1,2]", '{"a":1}'], [[1, 2], {"a": 1}]),
        (['{"a": 2, "b": 3}'], {"a": 2, "b": 3}),
        (["123456789012345678901234567890"], [123456789012345678901234567890]),
        ([], []),
        (["NaN", "Infinity", "-"], ["NaN", "Infinity", "-"]),
        (
            ["http://x/?a=1", "=b", "1=1", "a b=c", "a-b=c", '"a=b"'],
            ["http://x/?a=1", "=b", "1=1", "a b=c", "a-b=c", "a=b"],
        ),
    ],
)
def test_a_word_is_what_it_is_in_json_or_a_text(words: list[str], expected: Any) -> None:
    assert arguments_of(words, None, _not_asked) == expected


def test_all_arguments_can_be_given_as_json() -> None:
    assert arguments_of([], '["2", {"a": 1}]', _not_asked) == ["2", {"a": 1}]


@pytest.mark.parametrize(
    ("words", "given", "says"),
    [
        (["--prioritty", "9"], None, "no option --prioritty"),
        (["1"], "[2]", "not both"),
        ([], "[1,", "not JSON"),
        ([], "[NaN]", "not JSON"),
        ([], "3", "list or object"),
    ],
)
def test_what_cannot_be_meant_is_refused(words: list[str], given: str | None, says: str) -> None:
    with pytest.raises(typer.BadParameter, match=says):
        arguments_of(words, given, _not_asked)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["a=2", "b=3"], {"a": 2, "b": 3}),
        (["b=3", "a=-2"], {"b": 3, "a": -2}),
        (["2", "b=3"], {"a": 2, "b": 3}),
        (["a=", "b=x=y", "c=[1, 2]"], {"a": "", "b": "x=y", "c": [1, 2]}),
        (['{"x": 1}', 'b="3"'], {"a": {"x": 1}, "b": "3"}),
        (['"b=3"', "b=3"], {"a": "b=3", "b": 3}),
    ],
)
def test_a_parameter_is_named_as_in_python(words: list[str], expected: Any) -> None:
    assert arguments_of(words, None, _add) == expected


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a=2", "bb=3"], "no such parameter: add takes a, b, c. As a text, write '\"bb=3\"'"),
        (["a=2", "b=3", "a=4"], "it is given twice"),
        (["2", "a=2", "b=3"], "it is given twice"),
        (["a=2", "3"], "follows an argument that has one"),
        (["1", "2", "3", "4", "b=2"], "one value too many: add takes a, b, c"),
        (["b=3"], "it is missing: add takes a, b, c"),
    ],
)
def test_what_python_would_not_call_is_refused(words: list[str], says: str) -> None:
    with pytest.raises(typer.BadParameter, match=re.escape(says)):
        arguments_of(words, None, _add)


def test_the_parameter_at_fault_is_named() -> None:
    with pytest.raises(typer.BadParameter) as refused:
        arguments_of(["b=3"], None, _add)

    assert refused.value.param_hint == "a"
