"""Cancelled tasks stop, and no others."""

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harbour


def test_a_running_task_that_does_not_ask_is_ended(harbour: Harbour) -> None:
    # Given
    harbour.start_worker("-Q", "nap", "-c", "2")
    ids = harbour.submit("nap", 30, 30)
    for id in ids:
        harbour.begin(id)

    # When
    harbour.ledger.control.cancel(ids[:1])

    # Then
    [task] = harbour.finish(ids[:1], within=10)
    assert (task.state, task.deaths) == (State.REVOKED, 0)
    assert f"ended {ids[0]}" not in harbour.marks()
    assert harbour.states(ids[1:]) == {"STARTED"}


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_running_task_that_asks_may_tidy_up(harbour: Harbour, pool: str) -> None:
    # Given
    harbour.start_worker("-Q", "polite", "-c", "1", "--pool", pool)
    [id] = harbour.submit("polite", 30)
    harbour.begin(id)

    # When
    harbour.ledger.control.cancel([id])

    # Then
    [task] = harbour.finish([id], within=10)
    assert task.state is State.REVOKED
    assert f"heard {id}" in harbour.marks()


def test_a_task_that_waits_for_a_child_never_begins(harbour: Harbour) -> None:
    # Given
    harbour.start_worker("-Q", "nap", "-c", "1")
    [running] = harbour.submit("nap", 2)
    harbour.begin(running)
    waiting = harbour.submit("nap", 1, 1, 1)

    # When
    harbour.ledger.control.cancel(waiting)

    # Then
    tasks = harbour.finish([running, *waiting])
    assert [task.state for task in tasks] == [State.SUCCESS, *[State.REVOKED] * 3]
    assert harbour.marks().count("begun") == 1
