"""A child that dies takes nothing with it but the task it was running."""

import os
import signal

from longshore.states import State
from tests.integration.worker.conftest import Harness


def test_the_task_of_a_killed_child_runs_again(harness: Harness) -> None:
    # Given
    harness.start_worker("-Q", "nap", "-c", "2")
    ids = harness.submit("nap", 1, 1)
    for id in ids:
        harness.begin(id)
    victim = ids[0]
    [pid] = [int(line.split()[2]) for line in harness.marks().splitlines() if f"begun {victim}" in line]

    # When
    os.kill(pid, signal.SIGKILL)

    # Then
    [killed, other] = harness.finish(ids)
    assert (killed.state, killed.crashes, killed.deliveries) == (State.SUCCESS, 1, 2)
    assert (other.state, other.crashes, other.deliveries) == (State.SUCCESS, 0, 1)


def test_a_task_that_kills_its_worker_each_time_fails_and_costs_its_neighbours_nothing(
    harness: Harness,
) -> None:
    # Given
    harness.start_worker("-Q", "poison,noop", "-c", "2")

    # When
    [poison] = harness.submit("poison", 0)
    ids = harness.submit("noop", *range(300))
    [task] = harness.finish([poison], within=60)

    # Then
    assert (task.state, task.crashes) == (State.FAILURE, 5)
    assert task.error is not None
    assert "died 5 times" in task.error.message
    assert {(one.state, one.crashes) for one in harness.finish(ids)} == {(State.SUCCESS, 0)}


def test_children_end_with_a_killed_parent(harness: Harness, eventually: object) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1")
    [id] = harness.submit("nap", 30)
    harness.begin(id)
    [pid] = [int(line.split()[2]) for line in harness.marks().splitlines()]

    # When
    worker.kill_parent()

    # Then
    assert callable(eventually)
    eventually(lambda: not _runs(pid))


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
