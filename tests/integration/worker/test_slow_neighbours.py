"""Nobody waits behind a slow task, whatever the worker expected of it."""

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harbour


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_nobody_waits_behind_a_slow_task_among_quick_ones(harbour: Harbour, pool: str) -> None:
    # Given: a worker that has seen a thousand quick ones
    harbour.start_worker("-Q", "nap", "-c", "2", "--pool", pool, drain_seconds=0)
    harbour.finish(harbour.submit("nap", *[0] * 1000))

    # When
    ids = harbour.submit("nap", *[0] * 15, 30, *[0] * 16)
    slow = ids.pop(15)

    # Then
    tasks = harbour.finish(ids, within=10)
    assert {(task.state, task.deaths) for task in tasks} == {(State.SUCCESS, 0)}
    assert harbour.states([slow]) == {"STARTED"}


def test_what_no_child_can_begin_is_not_started(harbour: Harbour, steadily: object) -> None:
    # Given: a worker whose only child is taken
    harbour.start_worker("-Q", "nap", "-c", "1", drain_seconds=0)
    harbour.finish(harbour.submit("nap", *[0] * 1000))
    [slow] = harbour.submit("nap", 30)
    harbour.begin(slow)

    # When
    ids = harbour.submit("nap", *[0] * 50)

    # Then: another worker runs them
    harbour.start_worker("-Q", "nap", "-c", "1")
    tasks = harbour.finish(ids)
    [busy] = [task.worker for task in harbour.tasks([slow])]
    assert busy not in {task.worker for task in tasks}
