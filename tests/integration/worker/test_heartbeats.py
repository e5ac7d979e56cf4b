"""A worker whose process exists is alive, however busy it is, and runs what it says that it runs."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from longshore.states import State
from longshore_ledger.records import CancelAnswer
from tests.faults.copies import Copy
from tests.integration.worker.conftest import Harness
from tests.services.program import Program


def test_a_task_that_holds_the_gil_costs_nobody_anything(harness: Harness) -> None:
    # Given a worker of threads, all of them taken
    harness.start_worker("-Q", "hog,nap", "-c", "3", "--pool", "threads")
    naps = harness.submit("nap", 6, 6)
    for id in naps:
        harness.begin(id)

    # When one task stops all threads of the process for much longer than a heartbeat may be late
    hogs = harness.submit("hog", 5)

    # Then nobody has taken the worker for dead
    tasks = harness.finish(naps + hogs)
    assert {(task.state, task.deliveries, task.crashes) for task in tasks} == {(State.SUCCESS, 1, 0)}


def test_a_worker_outlives_the_process_of_its_heartbeat(
    harness: Harness, eventually: Callable[..., object]
) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1")
    [id] = harness.submit("nap", 4)
    harness.begin(id)

    # When the kernel, short of memory, chooses that one
    os.kill(_heartbeat_of(worker), signal.SIGKILL)

    # Then it beats all the same, and says what happened
    eventually(lambda: "a thread beats in its place" in worker.log())
    [task] = harness.finish([id])
    assert (task.state, task.deliveries, task.crashes) == (State.SUCCESS, 1, 0)
    worker.stop()
    assert harness.ledger.views.workers() == []


def test_nobody_beats_for_a_worker_that_is_gone(harness: Harness, eventually: Callable[..., object]) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1")
    heartbeat = _heartbeat_of(worker)

    # When
    worker.kill_parent()

    # Then
    eventually(lambda: not Path(f"/proc/{heartbeat}").exists())
    eventually(lambda: not any(view.alive for view in harness.ledger.views.workers()))


def test_a_task_whose_end_the_ledger_has_lost_runs_again_though_its_worker_lives(
    harness: Harness, ledger_url: str
) -> None:
    # Given a ledger that loses its latest moments: four tasks have ended in them
    harness.start_worker("-Q", "nap", "-c", "4")
    ids = harness.submit("nap", 0.5, 0.5, 0.5, 0.5)
    for id in ids:
        harness.begin(id)
    copy = Copy(ledger_url)
    harness.finish(ids)

    # When it comes back, and somebody cancels one of them
    copy.restore()
    assert harness.states(ids) == {"STARTED"}
    assert harness.ledger.control.cancel(ids[:1]) == [CancelAnswer.REQUESTED]

    # Then the others run once more, and nobody is blamed
    cancelled, *others = harness.finish(ids)
    assert cancelled.state is State.REVOKED
    assert {(task.state, task.crashes) for task in others} == {(State.SUCCESS, 0)}
    assert all(harness.marks().count(f"begun {task.id}") == 2 for task in others)


def _heartbeat_of(worker: Program) -> int:
    """The first process that a worker starts."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text()
    return min(map(int, children.split()))
