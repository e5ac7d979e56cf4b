"""A cancelled task does not run, or stops."""

from tests.faults.marks import Marks
from tests.faults.system import System
from tests.services.waiting import Eventually

BOUND = 3.0
"""Seconds in which a cancelled running task stops."""


def test_a_cancelled_waiting_task_never_runs(system: System, marks: Marks, eventually: Eventually) -> None:
    # Given one slot that is taken, and ten tasks that wait in the broker behind it
    system.start(workers=1, concurrency=1)
    system.submit("first-0", args=[0, 1500])
    eventually(lambda: marks.begun("first-0"), within=30)
    ids = [f"waiting-{number}" for number in range(10)]
    system.submit_many({id: [0, 1] for id in ids})
    eventually(lambda: system.states(ids) == {"QUEUED"}, within=30)

    # When every other one is cancelled
    cancelled = ids[::2]
    assert {system.post(f"/v1/tasks/{id}/cancel").status_code for id in cancelled} == {200}

    # Then the others run, and of the cancelled ones none ever did
    eventually(lambda: system.states(ids[1::2]) == {"SUCCESS"}, within=30)
    eventually(lambda: system.ledger.maintenance.outstanding() == {"faults": 0}, within=30)
    assert system.states(cancelled) == {"REVOKED"}
    assert set(marks.executions()) == {"first-0", *ids[1::2]}


def test_a_cancelled_running_task_stops_within_3_seconds(
    system: System, marks: Marks, eventually: Eventually
) -> None:
    # Given a task of a minute that runs in a pool of processes
    system.start(workers=1, concurrency=1)
    system.submit("long-0", args=[0, 60_000])
    eventually(lambda: marks.begun("long-0"), within=30)

    # When it is cancelled
    assert system.post("/v1/tasks/long-0/cancel").status_code == 202

    # Then it is over within three seconds, its slot runs something else, and nobody is blamed
    eventually(lambda: system.state("long-0") == "REVOKED", within=BOUND)
    system.submit("next-0", args=[0, 1])
    eventually(lambda: system.state("next-0") == "SUCCESS", within=30)
    assert marks.running().keys() == {marks.beginnings("long-0")[0].pid}
    task = system.ledger.views.task("long-0")
    assert task
    assert (task.crashes, task.deliveries) == (0, 1)
