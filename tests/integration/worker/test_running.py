"""What a worker makes of a task."""

import json
from typing import Any

import pytest

from longshore.states import State
from longshore_ledger.shapes import Task
from tests.integration.worker.conftest import Harness


def _result(task: Task) -> Any:
    assert task.result is not None
    return json.loads(bytes(task.result))


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_thousand_tasks_run_once_each(harness: Harness, pool: str) -> None:
    # Given
    harness.start_worker("-Q", "noop", "-c", "2", "--pool", pool)

    # When
    tasks = harness.finish(harness.submit("noop", *range(1000)))

    # Then
    assert [_result(task) for task in tasks] == list(range(1000))
    assert {(task.state, task.deliveries, task.crashes) for task in tasks} == {(State.SUCCESS, 1, 0)}


def test_tasks_run_on_the_embedded_broker(harness_on_embedded: Harness) -> None:
    # Given
    harness_on_embedded.start_worker("-Q", "noop,answer", "-c", "2")

    # When
    tasks = harness_on_embedded.finish(harness_on_embedded.submit("noop", *range(200)))

    # Then
    assert {task.state for task in tasks} == {State.SUCCESS}


def test_tasks_that_fail_say_why(harness: Harness) -> None:
    # Given
    harness.start_worker("-Q", "answer", "-c", "1", result_limit=50_000)
    expected = {
        "trouble": ("ValueError", "no trouble here"),
        "nan": ("NotJSON", "the result: not a finite number"),
        "set of objects": ("NotJSON", "the result: object is not JSON"),
        "huge": ("ResultTooLarge", "the limit is 50000"),
        "exit": ("SystemExit", "3"),
    }

    # When
    tasks = harness.finish(harness.submit("answer", *expected))

    # Then
    assert {(task.state, task.crashes, task.deliveries) for task in tasks} == {(State.FAILURE, 0, 1)}
    for task, (error, message) in zip(tasks, expected.values(), strict=True):
        assert task.error is not None
        assert task.error.type == error
        assert message in task.error.message


def test_what_is_worth_it_is_tried_again(harness: Harness) -> None:
    # Given
    harness.start_worker("-Q", "noop,third_time,answer", "-c", "1")

    # When
    misfit = harness.submit("noop", "seven", retries=3)
    passing = harness.submit("third_time", 0, retries=2, backoff=0.05)
    [refused, worked] = harness.finish([*misfit, *passing])

    # Then
    assert (refused.state, refused.attempt) == (State.FAILURE, 1)
    assert refused.error is not None
    assert refused.error.type == "InvalidArguments"
    assert (worked.state, _result(worked)) == (State.SUCCESS, 3)


def test_a_task_knows_its_id_and_shows_how_far_it_is(harness: Harness, eventually: Any) -> None:
    # Given
    harness.start_worker("-Q", "polite,answer", "-c", "2")

    # When
    ids = harness.submit("polite", 5.0)
    [named] = harness.finish(harness.submit("answer", "id"))

    # Then
    assert _result(named) == named.id
    progress = eventually(lambda: harness.tasks(ids)[0].progress)
    assert 0 < progress.done <= progress.total == 250


def test_a_worker_serves_the_queues_of_all_its_tasks_unless_told_otherwise(
    harness: Harness, eventually: Any
) -> None:
    # When
    harness.start_worker("-c", "1")

    # Then
    [view] = harness.ledger.views.workers()
    assert {"noop", "nap", "limited", "poison", "line"} <= set(view.info["queues"])
    assert "noop" in eventually(harness.ledger.catalogue.read)


def test_the_catalogue_can_be_published_without_running_anything(harness: Harness) -> None:
    # When
    program = harness.start_worker("--publish-catalogue", ready=False)

    # Then
    assert program.wait() == 0
    assert harness.ledger.catalogue.read()["limited"].timeout == 0.3
    assert harness.ledger.views.workers() == []
