"""A release replaces another one: for a while workers of both serve one queue."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from longshore.states import State
from longshore_ledger.records import Chunk, NewBatch, NewTask
from tests.integration.worker.conftest import Harness

Eventually = Callable[..., Any]

OLDER = """
from longshore import task

@task(queue="greet", retries=3)
def greet(name: str) -> str:
    return f"older {name}"
"""
NEWER = """
from longshore import task

@task(queue="greet", retries=3)
def greet(name: str, times: int = 1) -> str:
    return f"newer {name}" * times
"""
STRICTER = """
from longshore import task

@task(queue="greet", retries=3)
def greet(name: str, language: str) -> str:
    return f"stricter {name} {language}"
"""


@pytest.fixture
def release(harness: Harness, tmp_path: Path) -> Callable[..., Any]:
    """`release(text, *words)`: a worker of the release whose tasks are `text`."""

    def start(text: str, *words: str, ready: bool = True) -> Any:
        file = tmp_path / f"release_{abs(hash(text))}.py"
        file.write_text(text)
        return harness.start_worker("-Q", "greet", "-c", "1", *words, tasks=file, ready=ready)

    return start


def _submit(harness: Harness, *arguments: dict[str, object]) -> list[str]:
    """Submit as an API does that has checked the arguments against the newest definition."""
    new = [
        NewTask(
            id=str(uuid4()), task="greet", queue="greet", args=json.dumps(args).encode(), digest=b"8 bytes!"
        )
        for args in arguments
    ]
    harness.ledger.intake.submit(new)
    return [task.id for task in new]


def test_an_argument_that_only_the_newer_worker_takes_never_fails_on_the_older_one(
    harness: Harness, release: Callable[..., Any], eventually: Eventually
) -> None:
    # Given a worker of each release, the older one at work for a while
    release(OLDER)
    harness.finish(_submit(harness, {"name": "Ada"}))
    release(NEWER)
    eventually(lambda: "times" in harness.ledger.catalogue.read()["greet"].parameters)

    # When
    ids = _submit(harness, *({"name": "Ada", "times": 2} for _ in range(40)))

    # Then
    tasks = harness.finish(ids, within=60)
    assert {(task.state, bytes(task.result or b"")) for task in tasks} == {
        (State.SUCCESS, b'"newer Adanewer Ada"')
    }
    assert {(task.crashes, task.attempt) for task in tasks} == {(0, 1)}


def test_where_only_older_workers_are_the_newer_arguments_wait_and_the_others_run(
    harness: Harness, release: Callable[..., Any], eventually: Eventually
) -> None:
    # Given an older worker, and a newer catalogue, as a Job publishes it before the first pod is there
    release(OLDER)
    harness.finish(_submit(harness, {"name": "Ada"}))
    assert release(NEWER, "--publish-catalogue", ready=False).wait() == 0

    # When
    [newer, fits, fits_neither] = _submit(
        harness, {"name": "Ada", "times": 2}, {"name": "Ada"}, {"name": "Ada", "volume": 11}
    )

    # Then
    [done, refused] = harness.finish([fits, fits_neither])
    assert bytes(done.result or b"") == b'"older Ada"'
    assert refused.error is not None
    assert "volume: unknown parameter" in refused.error.message
    eventually(lambda: harness.tasks([newer])[0].released == "older definition")
    explained = harness.ledger.explanations.explain(newer)
    assert explained is not None
    assert "older definition of greet" in explained.reason
    assert "--publish-catalogue" in explained.advice

    # When the release is rolled back on purpose
    assert release(OLDER, "--publish-catalogue", ready=False).wait() == 0

    # Then nobody waits for what will not come
    [ended] = harness.finish([newer])
    assert ended.error is not None
    assert "times: unknown parameter" in ended.error.message


def test_an_argument_that_the_newer_release_gave_up_goes_to_the_older_worker_while_there_is_one(
    harness: Harness, release: Callable[..., Any], eventually: Eventually
) -> None:
    # Given tasks of the older release, and a newer one that takes other arguments
    older = release(NEWER)
    harness.finish(_submit(harness, {"name": "Ada"}))
    release(STRICTER)
    eventually(lambda: "language" in harness.ledger.catalogue.read()["greet"].parameters)

    # When
    ids = _submit(harness, *({"name": "Ada", "times": 2} for _ in range(20)))

    # Then
    assert {bytes(task.result or b"") for task in harness.finish(ids, within=60)} == {b'"newer Adanewer Ada"'}

    # When the older one has gone
    older.stop()
    [late] = _submit(harness, {"name": "Ada", "times": 2})

    # Then it fails, with the reason, and without being tried again
    [task] = harness.finish([late], within=60)
    assert task.error is not None
    assert (task.state, task.attempt) == (State.FAILURE, 1)
    assert "language: missing" in task.error.message or "times: unknown" in task.error.message


def test_a_line_that_only_the_newer_worker_takes_is_not_an_error_of_the_file(
    harness: Harness, release: Callable[..., Any], eventually: Eventually
) -> None:
    # Given
    release(OLDER)
    harness.finish(_submit(harness, {"name": "Ada"}))
    release(NEWER)
    eventually(lambda: "times" in harness.ledger.catalogue.read()["greet"].parameters)

    # When
    batches = harness.ledger.batches
    batches.open(NewBatch(id="lines", task="greet", queue="greet", digest=b"8 bytes!"))
    batches.add("lines", 0, [Chunk(n + 1, ['{"name": "Ada", "times": 2}']) for n in range(20)])
    batches.close("lines")

    # Then
    def is_done() -> bool:
        batch = harness.ledger.batches.get("lines")
        return batch is not None and batch.state == "DONE"

    eventually(is_done, within=60)
    batch = harness.ledger.batches.get("lines")
    assert batch is not None
    assert (batch.done, batch.failed) == (20, 0)
