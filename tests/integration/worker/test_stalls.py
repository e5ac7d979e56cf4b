"""A child in which nothing runs any more is replaced: another one does its work, and nobody is blamed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from longshore.states import State
from tests.integration.worker.conftest import Harness
from tests.services.program import Program
from tests.services.waiting import Eventually

TASKS = Path(__file__).with_name("process_tasks.py")
WAYS = ("GIL", "handler", "stopped")
REPLACED = "a child takes no jobs; it is replaced"

Stick = Callable[[str], tuple[Program, int]]


@pytest.fixture
def stick(harness: Harness, tmp_path: Path, eventually: Eventually) -> Stick:
    """Start a worker of one child, and have that stuck in the way named, by what a task left there."""

    def start(how: str) -> tuple[Program, int]:
        tasks = f"{TASKS},{TASKS.with_name('tasks.py')}"
        worker = harness.start_worker("-Q", "one", "-c", "1", tasks=tasks)
        [left] = harness.finish(harness.submit("leave_thread", how, queue="one"))
        assert left.state is State.SUCCESS
        pid = json.loads(bytes(left.result or b""))
        (tmp_path / "marks.go").touch()
        eventually(lambda: f"stuck {pid}" in harness.marks())
        return worker, pid

    return start


@pytest.mark.parametrize("how", WAYS)
def test_the_work_of_a_stuck_child_is_done_by_another_one(harness: Harness, stick: Stick, how: str) -> None:
    # Given
    worker, pid = stick(how)

    # When
    ids = harness.submit("noop", *range(50), queue="one") + harness.submit("nap", 0.1, queue="one")

    # Then
    assert {(task.state, task.crashes) for task in harness.finish(ids, within=60)} == {(State.SUCCESS, 0)}
    assert REPLACED in worker.log()
    assert not _runs(pid)


def test_a_job_that_a_stuck_child_has_read_a_part_of_is_done_by_another_one(
    harness: Harness, stick: Stick
) -> None:
    # Given
    worker, _ = stick("stopped")

    # When: more than a pipe holds
    [id] = harness.submit("line", "x" * 500_000, queue="one")

    # Then
    [task] = harness.finish([id], within=60)
    assert (task.state, task.crashes) == (State.SUCCESS, 0)
    assert REPLACED in worker.log()


@pytest.mark.parametrize("how", WAYS)
def test_a_worker_does_not_wait_for_a_stuck_child_when_it_stops(stick: Stick, how: str) -> None:
    # Given
    worker, pid = stick(how)

    # When
    worker.process.terminate()

    # Then
    assert worker.wait() == 0
    assert not _runs(pid)


def test_a_worker_stops_in_the_middle_of_a_job_that_a_stuck_child_has_not_read(
    harness: Harness, stick: Stick, eventually: Eventually
) -> None:
    # Given
    worker, _ = stick("stopped")
    [id] = harness.submit("line", "x" * 500_000, queue="one")
    eventually(lambda: harness.states([id]) == {"STARTED"})

    # When
    worker.process.terminate()

    # Then
    assert worker.wait() == 0
    eventually(lambda: harness.states([id]) == {"QUEUED"})  # again
    [task] = harness.tasks([id])
    assert (task.state, task.crashes) == (State.QUEUED, 0)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
