"""Submissions: what makes two of them the same."""

import json

import msgspec
import pytest

from longshore.catalogue import TaskSpec
from longshore_api.submission import admit, read
from longshore_examples.arithmetic import add

CATALOGUE = {"add": add.spec}


def _digest(text: str, catalogue: dict[str, TaskSpec] = CATALOGUE) -> bytes:
    return admit(read(text.encode()), catalogue, 1000).digest


def test_spacing_and_order_do_not_make_another_payload() -> None:
    # Given
    plain = '{"task":"add","args":{"a":1,"b":2},"id":"x"}'
    loose = '{ "id": "x", "args": { "b": 2,\n"a": 1 }, "task": "add", "priority": 4 }'

    # When / Then
    assert _digest(plain) == _digest(loose)


def test_a_change_of_the_tasks_defaults_does_not_make_another_payload() -> None:
    # Given
    later = {"add": msgspec.structs.replace(add.spec, queue="other", retries=5, timeout=1.0)}
    text = '{"task":"add","args":[1,2]}'

    # When / Then
    assert _digest(text) == _digest(text, later)


@pytest.mark.parametrize(
    "change",
    [
        {"args": [1, 3]},
        {"args": [1, 2.0]},
        {"queue": "q"},
        {"priority": 5},
        {"delay": 1},
        {"run_at": "2030-01-01T00:00:00Z"},
        {"retries": 0},
        {"timeout": 1},
    ],
)
def test_anything_else_makes_another_payload(change: dict[str, object]) -> None:
    given = {"task": "add", "args": [1, 2]}
    assert _digest(json.dumps(given)) != _digest(json.dumps(given | change))


def test_arguments_reach_the_ledger_as_they_were_sent() -> None:
    # Given a number with more digits than a float has
    text = b'{"task":"add","args":[ 12345678901234567890123, 0.10 ]}'

    # When
    task = admit(read(text), CATALOGUE, 1000)

    # Then
    assert task.args == b"[ 12345678901234567890123, 0.10 ]"
