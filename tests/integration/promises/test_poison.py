"""A task that kills its worker is given up; what is nobody's fault is not counted."""

from tests.faults.marks import Marks
from tests.faults.system import System
from tests.services.shared import Rabbit
from tests.services.waiting import Eventually


def test_a_task_that_kills_its_worker_each_time_fails_after_five_crashes(
    system: System, marks: Marks, eventually: Eventually
) -> None:
    # Given a worker of two slots
    system.start(workers=1, concurrency=2)

    # When a task that kills its process is among 400 others
    ids = [f"neighbour-{number}" for number in range(400)]
    system.submit_many({id: [0, 5] for id in ids[:200]})
    assert system.submit("poison-0", "poison", [0]).status_code == 202
    system.submit_many({id: [0, 5] for id in ids[200:]})
    eventually(lambda: system.state("poison-0") == "FAILURE", within=60)

    # Then it has failed after five crashes, and says so
    poison = system.get("/v1/tasks/poison-0").json()
    told = "its worker died 5 times while running it; the last time its process was ended by SIGKILL"
    assert poison["error"]["message"].startswith(told)
    assert marks.begun("poison-0") == 5

    # And its neighbours are done, each once, and none was blamed
    eventually(lambda: system.states(ids) == {"SUCCESS"}, within=30)
    assert {marks.begun(id) for id in ids} == {1}
    assert {task.crashes for task in system.ledger.views.tasks(ids) if task} == {0}


def test_broker_restarts_drains_and_cancels_are_no_crashes(
    system: System, marks: Marks, rabbitmq: Rabbit, vhost: str, eventually: Eventually
) -> None:
    # Given three tasks that run on one worker
    management = rabbitmq.management
    assert management
    system.start(workers=1, concurrency=3)
    system.submit_many({"lives-0": [0, 4_000], "drained-0": [0, 30_000], "cancelled-0": [0, 30_000]})
    eventually(lambda: len(marks.running()) == 3, within=30)

    # When the connections to the broker are closed, one is cancelled, and the worker is drained
    eventually(lambda: management.close_connections(vhost))
    system.post("/v1/tasks/cancelled-0/cancel")
    eventually(lambda: system.state("cancelled-0") == "REVOKED", within=30)
    system.workers[0].stop()

    # Then what could not end in time waits for another worker, and none of them has died
    assert [system.state(name) for name in ("lives-0", "drained-0")] == ["SUCCESS", "QUEUED"]
    tasks = system.ledger.views.tasks(["lives-0", "drained-0", "cancelled-0"])
    assert [(task.crashes, task.deliveries) for task in tasks if task] == [(0, 1)] * 3
    assert marks.executions().total() == 3
