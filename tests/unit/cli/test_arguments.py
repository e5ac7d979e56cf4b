"""Words of a command line become a task's arguments."""

from typing import Any

import pytest
import typer

from longshore_cli.arguments import arguments_of


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
    ],
)
def test_a_word_is_what_it_is_in_json_or_a_text(words: list[str], expected: Any) -> None:
    assert arguments_of(words, None) == expected


def test_all_arguments_can_be_given_as_json() -> None:
    assert arguments_of([], '["2", {"a": 1}]') == ["2", {"a": 1}]


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
        arguments_of(words, given)
