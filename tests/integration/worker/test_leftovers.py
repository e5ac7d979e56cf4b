"""What a task leaves changed in its process does not reach the next one."""

import json
from pathlib import Path
from typing import Any

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harness
from tests.services.program import Program

TASKS = Path(__file__).with_name("process_tasks.py")
PUT_BACK = (
    "folder", "deleted folder", "umask", "environment", "seed", "limits", "streams", "descriptors", "trace",
    "builtin", "handler", "handler of a seldom one", "timer", "blocked",
)  # fmt: skip
PUT_BACK_LINE = "a task left something behind, which is put back"
BEYOND_REPAIR = ("hard limits", "all descriptors")


@pytest.fixture(scope="module")
def worker(shared_harness: Harness) -> Program:
    """One process that runs whatever comes to the queue `one`."""
    tasks = f"{TASKS},{TASKS.with_name('tasks.py')}"
    return shared_harness.start_worker("-Q", "one", "-c", "1", tasks=tasks)


@pytest.fixture
def harness(shared_harness: Harness, worker: Program) -> Harness:
    """The harness, with that worker."""
    assert worker.alive()
    return shared_harness


def test_what_a_task_leaves_changed_does_not_reach_the_next(harness: Harness, worker: Program) -> None:
    # Given
    told = worker.log().count(PUT_BACK_LINE)
    usual = _look_around(harness)

    for what in (*PUT_BACK, *BEYOND_REPAIR):
        # When
        [id] = harness.submit("leave_behind", what, queue="one")
        [task] = harness.finish([id])
        found = [_look_around(harness) for _ in range(2)]

        # Then
        assert (what, task.state) == (what, State.SUCCESS)
        assert found[0] != found[1], "one random number twice"
        assert len({each.pop("random") for each in [*found, dict(usual)]}) == 3, what
        assert found == [{name: value for name, value in usual.items() if name != "random"}] * 2, what
    assert worker.log().count(PUT_BACK_LINE) - told == len(PUT_BACK)
    # Without descriptors it cannot say so itself; the worker says how it ended.
    assert "a task left something behind that cannot be put back" in worker.log()


def test_an_alarm_that_a_task_has_set_fails_no_other(harness: Harness) -> None:
    # When
    [left] = harness.submit("leave_behind", "alarm", queue="one")
    harness.finish([left])
    [id] = harness.submit("nap", 1.5, queue="one")

    # Then
    [task] = harness.finish([id])
    assert (task.state, task.crashes) == (State.SUCCESS, 0)


def test_a_process_is_replaced_after_some_tasks_and_none_is_lost(shared_harness: Harness) -> None:
    # Given
    shared_harness.start_worker("-Q", "plain", "-c", "2", tasks=TASKS, max_tasks_per_child=50)

    # When
    ids = shared_harness.submit("plain", *range(500))
    tasks = shared_harness.finish(ids, within=60)

    # Then
    results = [json.loads(bytes(task.result)) for task in tasks if task.result]
    assert [number for number, _ in results] == list(range(500))
    assert {(task.state, task.crashes) for task in tasks} == {(State.SUCCESS, 0)}
    processes = [pid for _, pid in results]
    assert len(set(processes)) >= 10
    assert max(processes.count(pid) for pid in set(processes)) <= 50


def test_a_process_is_replaced_when_it_has_much_memory(shared_harness: Harness) -> None:
    # Given
    shared_harness.start_worker("-Q", "hoard,plain", "-c", "1", tasks=TASKS, max_memory_per_child=250)

    # When
    tasks = [
        shared_harness.finish(shared_harness.submit("hoard", mebibytes))[0] for mebibytes in (1, 1, 300, 1)
    ]

    # Then
    first, second, large, after = (json.loads(bytes(task.result)) for task in tasks if task.result)
    assert first == second == large
    assert after != large
    assert {(task.state, task.crashes) for task in tasks} == {(State.SUCCESS, 0)}


def _look_around(harness: Harness) -> dict[str, Any]:
    [task] = harness.finish(harness.submit("look_around", 0, queue="one"))
    assert (task.state, task.crashes, task.error) == (State.SUCCESS, 0, None)
    assert task.result is not None
    found: dict[str, Any] = json.loads(bytes(task.result))
    return found
