"""What operators ask for holds while workers die; and slow lines outlive slices and workers."""

import pytest

from tests.faults.runs import running
from tests.faults.system import System
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults


def _started(system: System) -> int:
    return system.ledger.views.counts()["faults"]["STARTED"]


def test_nothing_begins_while_its_queue_is_paused(system: System, eventually: Eventually) -> None:
    # Given two workers in the middle of 1,000 tasks
    system.start(workers=2)
    with running(system, tasks=1000) as run:
        run.until_ended(200)

        # When the queue is paused, and both workers are killed and start again
        assert system.post("/v1/queues/faults/pause").is_success
        eventually(lambda: not (_started(system) or run.running()))
        begun = len(system.marks.beginnings())
        for worker in system.workers:
            worker.kill()
            system.start_again(worker)
        run.load.finish()
        eventually(lambda: not _started(system))

        # Then nothing has begun, though copies came back and more was submitted; and all goes on afterwards
        assert len(system.marks.beginnings()) == begun
        assert system.post("/v1/queues/faults/resume").is_success
        run.healed()
        history = run.history()
    assert len(history.ends) == 1000
    assert set(system.marks.executions().values()) == {1}


def test_cancelled_tasks_end_though_their_worker_dies(system: System, eventually: Eventually) -> None:
    # Given tasks that run for long, on two workers
    system.start(workers=2)
    ids = {f"long-{n}": [n, 60_000] for n in range(4)}
    system.submit_many(ids)
    eventually(lambda: system.states(ids) == {"STARTED"})

    # When one worker is killed at the moment in which all are cancelled
    system.workers[0].kill()
    assert all(system.post(f"/v1/tasks/{id}/cancel").is_success for id in ids)

    # Then none of them runs again
    eventually(lambda: system.states(ids) == {"REVOKED"}, within=30)
    assert set(system.marks.executions().values()) == {1}


def test_slow_lines_are_done_once_each_though_their_worker_dies(
    system: System, eventually: Eventually
) -> None:
    # Given a file whose lines take longer than a slice
    system.start(workers=1)
    lines = [f"{number} 1300" for number in range(8)]
    answer = system.post(
        "/v1/batches", data={"task": "mark"}, files={"file": ("lines.txt", "\n".join(lines) + "\n")}
    )
    assert answer.is_success, answer.text
    batch = answer.json()["id"]

    # When the worker is killed in the middle of them
    eventually(lambda: system.get(f"/v1/batches/{batch}").json()["done"] >= 2)
    system.workers[0].kill()
    system.start_again(system.workers[0])

    # Then each has its result, and only what was running ran again
    eventually(lambda: system.get(f"/v1/batches/{batch}").json()["state"] == "DONE", within=90)
    assert system.get(f"/v1/batches/{batch}/output").text.split() == [str(number) for number in range(8)]
    assert len(system.marks.beginnings()) <= 8 + 2
