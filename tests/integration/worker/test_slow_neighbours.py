"""Nobody waits behind a slow task, whatever the worker expected of it."""

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harness


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_nobody_waits_behind_a_slow_task_among_quick_ones(harness: Harness, pool: str) -> None:
    # Given: a worker that has seen a thousand quick ones
    harness.start_worker("-Q", "nap", "-c", "2", "--pool", pool, drain_seconds=0)
    harness.finish(harness.submit("nap", *[0] * 1000))

    # When
    ids = harness.submit("nap", *[0] * 15, 30, *[0] * 16)
    slow = ids.pop(15)

    # Then
    tasks = harness.finish(ids, within=10)
    assert {(task.state, task.crashes) for task in tasks} == {(State.SUCCESS, 0)}
    assert harness.states([slow]) == {"STARTED"}


def test_what_no_child_can_begin_is_not_started(harness: Harness, steadily: object) -> None:
    # Given: a worker whose only child is taken
    harness.start_worker("-Q", "nap", "-c", "1", drain_seconds=0)
    harness.finish(harness.submit("nap", *[0] * 1000))
    [slow] = harness.submit("nap", 30)
    harness.begin(slow)

    # When
    ids = harness.submit("nap", *[0] * 50)

    # Then: another worker runs them
    harness.start_worker("-Q", "nap", "-c", "1")
    tasks = harness.finish(ids)
    [busy] = [task.worker for task in harness.tasks([slow])]
    assert busy not in {task.worker for task in tasks}
