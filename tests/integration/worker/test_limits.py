"""Time limits hold for the task that breaks them, and for nobody else."""

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harness


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_task_that_takes_too_long_fails_and_its_neighbours_do_not(harness: Harness, pool: str) -> None:
    # Given
    harness.start_worker("-Q", "limited", "-c", "2", "--pool", pool, drain_seconds=0)
    harness.finish(harness.submit("limited", *[0] * 200))

    # When
    ids = harness.submit("limited", *[0] * 10, 5, *[0] * 10)
    slow = ids.pop(10)
    [task] = harness.finish([slow])

    # Then
    assert task.state is State.FAILURE
    assert task.error is not None
    assert (task.error.type, task.error.message) == ("TimeLimitExceeded", "it took longer than 0.3 s")
    assert task.crashes == 0
    neighbours = harness.finish(ids)
    assert {(one.state, one.crashes) for one in neighbours} == {(State.SUCCESS, 0)}


def test_a_submission_may_set_its_own_limit(harness: Harness) -> None:
    # Given
    harness.start_worker("-Q", "deaf", "-c", "1")

    # When
    [task] = harness.finish(harness.submit("deaf", 30, timeout=0.2))

    # Then
    assert task.error is not None
    assert task.error.type == "TimeLimitExceeded"
