"""Whether a copy is for this worker, beside one of another release."""

import json
from typing import Any

import pytest

from longshore.catalogue import Specs, TaskSpec, definition_of
from longshore_ledger.shapes import WorkerView
from longshore_worker.dispatch.definitions import Definitions
from longshore_worker.dispatch.deliveries import Copy, Inbox
from longshore_worker.dispatch.peers import Peers
from tests.unit.worker.harness import StubCatalogue

OURS = "aaaaaaaa"


def _spec(**properties: object) -> TaskSpec:
    schema = {"type": "object", "properties": properties, "additionalProperties": False, "required": ["name"]}
    return TaskSpec(name="greet", queue="greet", schema=schema, parameters=tuple(properties))


OLDER = _spec(name={"type": "string"})
NEWER = _spec(name={"type": "string"}, times={"type": "integer", "default": 1})


def _copy(args: object, **headers: object) -> Copy:
    body = json.dumps([args, {}, {}] if isinstance(args, list) else [[], args, {}]).encode()
    known = {"id": "task-1", "run": "run-1", "task": "greet"} | headers
    return Copy(Inbox.__new__(Inbox), 1, "greet", False, known, body)


def _definitions(own: TaskSpec, published: TaskSpec, *others: TaskSpec, replaced: bool = True) -> Definitions:
    """What a worker of `own` makes of a catalogue, beside workers of other definitions."""
    catalogue: Any = StubCatalogue()
    catalogue.specs = Specs({"greet": published}, {}, {"greet"} if replaced else frozenset())
    peers = Peers(OURS)
    peers.learn(
        WorkerView(
            id=f"bbbbbbb{n}",
            alive=True,
            beat_at="",
            running=0,
            info={"queues": ["greet"], "tasks": ["greet"], "definitions": {"greet": definition_of(other)}},
        )
        for n, other in enumerate(others)
    )
    definitions = Definitions({"greet": own}, catalogue, peers)
    assert definitions.heed(1)
    assert not definitions.heed(1)
    return definitions


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"name": "Ada"}, None),
        (["Ada"], None),
        ({"name": "Ada", "times": 2}, "older definition"),
        (["Ada", 2], "older definition"),
        ({"name": "Ada", "volume": 11}, None),
        ({"times": 2}, None),
    ],
)
def test_an_older_worker_leaves_what_only_the_newer_definition_takes(args: object, why: str | None) -> None:
    # Given
    definitions = _definitions(OLDER, NEWER)

    # When
    lack = definitions.lack(_copy(args))

    # Then
    assert (lack and lack.why) == why
    assert lack is None or lack.definition == definition_of(NEWER)


@pytest.mark.parametrize(
    ("lines", "header", "why"),
    [
        (["Ada", ""], None, None),
        (["Ada", '{"name": "Ada", "times": 2}'], None, "older definition"),
        (["Ada,2"], ["name", "times"], "older definition"),
        (['{"name": "Ada", "volume": 11}'], None, None),
    ],
)
def test_of_a_chunk_one_line_is_enough(lines: list[str], header: list[str] | None, why: str | None) -> None:
    # Given
    definitions = _definitions(OLDER, NEWER)

    # When
    lack = definitions.lack(_copy({"first": 1, "lines": lines, "header": header}, chunk=1))

    # Then
    assert (lack and lack.why) == why


@pytest.mark.parametrize(
    ("others", "replaced", "why"),
    [
        ([NEWER], True, "newer definition"),
        ([OLDER], True, None),
        ([], True, None),
        ([NEWER], False, None),
    ],
    ids=["one that has it", "one that has ours", "nobody", "no rollout"],
)
def test_what_only_the_older_definition_takes_is_left_to_an_older_worker(
    others: list[TaskSpec], replaced: bool, why: str | None
) -> None:
    # Given a release that took an argument away
    definitions = _definitions(OLDER, OLDER, *others, replaced=replaced)

    # When
    lack = definitions.lack(_copy({"name": "Ada", "times": 2}))

    # Then
    assert (lack and lack.why) == why
    assert definitions.lack(_copy({"name": "Ada"})) is None


def test_what_others_have_is_looked_up_before_anything_fails() -> None:
    # Given a worker that has not heard of others yet
    definitions = _definitions(OLDER, OLDER)
    definitions.peers = definitions.peers.__class__(OURS)

    # When
    lack = definitions.lack(_copy({"name": "Ada", "times": 2}))

    # Then
    assert lack is not None
    assert definitions.peers.are_wanted


def test_a_task_that_is_not_ours_is_for_whoever_knows_it() -> None:
    # Given
    definitions = _definitions(OLDER, NEWER)

    # When
    lack = definitions.lack(_copy([], task="novelty"))

    # Then
    assert lack == ("unknown task", None)


def test_the_same_definition_is_the_same_however_its_numbers_are_written() -> None:
    # Given
    written = TaskSpec(name="a", queue="a", schema={}, parameters=(), timeout=30, updated_at="2026")
    read = TaskSpec(name="a", queue="a", schema={}, parameters=(), timeout=30.0)

    # Then
    assert definition_of(written) == definition_of(read)
