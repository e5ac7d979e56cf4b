"""Time limits hold for the task that breaks them, and for nobody else."""

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harbour


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_task_that_takes_too_long_fails_and_its_neighbours_do_not(harbour: Harbour, pool: str) -> None:
    # Given
    harbour.start_worker("-Q", "limited", "-c", "2", "--pool", pool, drain_seconds=0)
    harbour.finish(harbour.submit("limited", *[0] * 200))

    # When
    ids = harbour.submit("limited", *[0] * 10, 5, *[0] * 10)
    slow = ids.pop(10)
    [task] = harbour.finish([slow])

    # Then
    assert task.state is State.FAILURE
    assert task.error is not None
    assert (task.error.type, task.error.message) == ("TimeLimitExceeded", "it took longer than 0.3 s")
    assert task.deaths == 0
    neighbours = harbour.finish(ids)
    assert {(one.state, one.deaths) for one in neighbours} == {(State.SUCCESS, 0)}


def test_a_submission_may_set_its_own_limit(harbour: Harbour) -> None:
    # Given
    harbour.start_worker("-Q", "deaf", "-c", "1")

    # When
    [task] = harbour.finish(harbour.submit("deaf", 30, timeout=0.2))

    # Then
    assert task.error is not None
    assert task.error.type == "TimeLimitExceeded"
