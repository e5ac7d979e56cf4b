"""What tasks do with processes: fork, start, signal, end them. None of it reaches another task."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from longshore.states import State
from longshore_ledger.shapes import Task
from longshore_worker.execution.orphans import processes
from tests.integration.worker.conftest import Harness
from tests.services.waiting import Eventually, Steadily

TASKS = Path(__file__).with_name("process_tasks.py")


@pytest.fixture(scope="module")
def harness(shared_harness: Harness) -> Harness:
    """One with a worker for each pool, which serves the queue of that name."""
    for pool in ("prefork", "threads"):
        shared_harness.start_worker("-Q", pool, "-c", "4", "-P", pool, tasks=TASKS)
    return shared_harness


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_copy_that_a_task_forks_ends_with_its_function_and_answers_nothing(
    harness: Harness, pool: str
) -> None:
    # When
    forks = harness.submit("fork", "return", "raise", "exit", queue=pool)
    others = harness.submit("plain", *range(200), queue=pool)

    # Then
    results = _results(harness.finish(forks))
    assert results == ["parent 0", "parent 1", "parent 3"]
    found = harness.finish(others)
    assert [result[0] for result in _results(found)] == list(range(200))
    assert {task.progress for task in harness.tasks(forks)} == {None}


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_task_and_what_it_starts_have_the_usual_signals(harness: Harness, pool: str) -> None:
    # When
    ids = harness.submit("terminate", "popen", "trap", "asyncio", "multiprocessing", queue=pool)
    asked = harness.submit("dispositions", 0, queue=pool)

    # Then
    assert _results(harness.finish(ids)) == ["-15", "cleaned up 7", "-15", "-15"]
    if pool == "prefork":
        assert _results(harness.finish(asked)) == [[True, True]]


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_task_shares_its_work_among_processes(harness: Harness, pool: str) -> None:
    # When
    ids = harness.submit("share", "fork", "spawn", "forkserver", queue=pool)

    # Then
    assert _results(harness.finish(ids, within=90)) == [[1, 2, 3, 4]] * 3


@pytest.mark.parametrize(
    ("pool", "how"),
    [
        *(("prefork", how) for how in ("late", "late detached", "late thread", "crash", "crash detached")),
        *(("threads", how) for how in ("late", "late detached", "late thread")),
    ],
)
def test_what_a_task_started_ends_with_it(
    harness: Harness, eventually: Eventually, pool: str, how: str
) -> None:
    # When
    [id] = harness.submit("start", how, queue=pool)
    [task] = harness.finish([id], within=60)

    # Then
    assert task.state is State.FAILURE
    pids = _marked(harness, id)
    assert len(pids) == (2 if "late" in how else 10)
    eventually(lambda: not any(_runs(pid) for pid in pids))


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_what_a_cancelled_task_started_ends_with_it(
    harness: Harness, eventually: Eventually, pool: str
) -> None:
    # Given
    [id] = harness.submit("start", "late", timeout=60, queue=pool)
    eventually(lambda: len(_marked(harness, id)) == 2)

    # When
    harness.ledger.control.cancel([id])

    # Then
    assert harness.finish([id])[0].state is State.REVOKED
    eventually(lambda: not any(_runs(pid) for pid in _marked(harness, id)))


def test_what_a_thread_starts_after_its_task_was_ended_ends_as_well(
    harness: Harness, eventually: Eventually
) -> None:
    # When
    [id] = harness.submit("start", "late again", queue="threads")
    [task] = harness.finish([id])

    # Then
    assert task.state is State.FAILURE
    eventually(lambda: len(_marked(harness, id)) == 4)
    eventually(lambda: not any(_runs(pid) for pid in _marked(harness, id)))


def test_what_other_threads_have_started_goes_on(
    harness: Harness, eventually: Eventually, steadily: Steadily
) -> None:
    # Given
    [neighbour] = harness.submit("start", "late", timeout=60, queue="threads")
    eventually(lambda: len(_marked(harness, neighbour)) == 2)

    # When
    [late] = harness.submit("start", "late", queue="threads")
    harness.finish([late])
    eventually(lambda: not any(_runs(pid) for pid in _marked(harness, late)))

    # Then
    steadily(lambda: all(_runs(pid) for pid in _marked(harness, neighbour)))
    harness.ledger.control.cancel([neighbour])
    harness.finish([neighbour])


def test_what_threads_have_started_ends_with_a_drain(harness: Harness, eventually: Eventually) -> None:
    # Given
    worker = harness.start_worker("-Q", "drained", "-c", "1", "-P", "threads", tasks=TASKS, drain_seconds=0.5)
    [id] = harness.submit("start", "late again", timeout=60, queue="drained")
    eventually(lambda: len(_marked(harness, id)) == 2)

    # When
    worker.process.terminate()
    worker.wait()

    # Then
    eventually(lambda: not any(_runs(pid) for pid in _marked(harness, id)))
    assert harness.tasks([id])[0].state in {State.PENDING, State.QUEUED}


def test_what_a_task_that_ended_has_left_outlives_its_thread(
    harness: Harness, eventually: Eventually, steadily: Steadily
) -> None:
    # Given
    worker = harness.start_worker("-Q", "left", "-c", "1", "-P", "threads", tasks=TASKS)
    ids = harness.submit("start", "attached", "detached", queue="left")
    harness.finish(ids)
    kept = [pid for id in ids for pid in _marked(harness, id)]
    eventually(lambda: all(process.age > 0.1 for process in processes() if process.pid in kept))

    # When the next task of that thread is ended, and then the worker
    [late] = harness.submit("start", "late", queue="left")
    harness.finish([late])
    eventually(lambda: not any(_runs(pid) for pid in _marked(harness, late)))
    worker.process.terminate()
    worker.wait()

    # Then
    try:
        steadily(lambda: all(_runs(pid) for pid in kept))
    finally:
        for pid in kept:
            os.kill(pid, 9)


def test_a_task_that_ends_may_leave_a_session_of_its_own_and_nothing_else(
    harness: Harness, eventually: Eventually, steadily: Steadily
) -> None:
    # Given
    worker = harness.start_worker("-Q", "ends", "-c", "1", tasks=TASKS)
    [left, detached] = harness.submit("start", "attached", "detached", queue="ends")
    harness.finish([left, detached])
    kept = _marked(harness, detached)
    # The kernel tells the start of a process in ticks: what is younger counts as the next task's.
    eventually(lambda: all(process.age > 0.1 for process in processes() if process.pid in kept))

    # When
    [crash] = harness.submit("crash", "exit", queue="ends")
    harness.finish([crash], within=60)
    worker.stop()

    # Then
    try:
        eventually(lambda: not any(_runs(pid) for pid in _marked(harness, left)))
        steadily(lambda: all(_runs(pid) for pid in kept))
    finally:
        for pid in kept:
            os.kill(pid, 9)


@pytest.mark.parametrize(
    ("how", "cause", "last_words"),
    [
        ("exit", "its process exited with status 3", ""),
        ("fault", "SIGSEGV (a fault in native code)", "in crash"),
        ("kill", "SIGKILL (out of memory?", ""),
    ],
)
def test_a_crash_says_what_it_was(harness: Harness, how: str, cause: str, last_words: str) -> None:
    # When
    [id] = harness.submit("crash", how, queue="prefork")

    # Then
    [task] = harness.finish([id], within=60)
    assert task.error is not None
    assert "its worker died 5 times while running it; the last time" in task.error.message
    assert cause in task.error.message
    assert last_words in task.error.traceback


def _results(tasks: list[Task]) -> list[Any]:
    return [task.result and json.loads(bytes(task.result)) for task in tasks]


def _marked(harness: Harness, id: str) -> list[int]:
    return [int(line.split()[2]) for line in harness.marks().splitlines() if f"begun {id}" in line]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
