"""Cancelled tasks stop, and no others."""

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harness


def test_a_running_task_that_does_not_ask_is_ended(harness: Harness) -> None:
    # Given
    harness.start_worker("-Q", "nap", "-c", "2")
    ids = harness.submit("nap", 30, 30)
    for id in ids:
        harness.begin(id)

    # When
    harness.ledger.control.cancel(ids[:1])

    # Then
    [task] = harness.finish(ids[:1], within=10)
    assert (task.state, task.crashes) == (State.REVOKED, 0)
    assert f"ended {ids[0]}" not in harness.marks()
    assert harness.states(ids[1:]) == {"STARTED"}


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_running_task_that_asks_may_tidy_up(harness: Harness, pool: str) -> None:
    # Given
    harness.start_worker("-Q", "polite", "-c", "1", "--pool", pool)
    [id] = harness.submit("polite", 30)
    harness.begin(id)

    # When
    harness.ledger.control.cancel([id])

    # Then
    [task] = harness.finish([id], within=10)
    assert task.state is State.REVOKED
    assert f"heard {id}" in harness.marks()


def test_a_task_that_waits_for_a_child_never_begins(harness: Harness) -> None:
    # Given
    harness.start_worker("-Q", "nap", "-c", "1")
    [running] = harness.submit("nap", 2)
    harness.begin(running)
    waiting = harness.submit("nap", 1, 1, 1)

    # When
    harness.ledger.control.cancel(waiting)

    # Then
    tasks = harness.finish([running, *waiting])
    assert [task.state for task in tasks] == [State.SUCCESS, *[State.REVOKED] * 3]
    assert harness.marks().count("begun") == 1
