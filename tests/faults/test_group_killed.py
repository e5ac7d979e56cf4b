"""A task takes its whole worker along, with all that runs beside it."""

import pytest

from longshore.states import TERMINAL
from tests.faults.system import System
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults

INNOCENTS = {f"innocent-{n}": [n, 3000] for n in range(3)}


def test_only_the_task_that_takes_the_whole_worker_along_fails(
    system: System, eventually: Eventually
) -> None:
    # Given a worker whose four children are taken, one of them by a killer
    system.add_scheduler(max_crashes=2)
    worker = system.add_worker(concurrency=4)
    system.wait_until_up()
    system.submit_many(INNOCENTS)
    eventually(lambda: system.states(INNOCENTS) == {"STARTED"})

    # When whatever it kills is started again
    assert system.submit("killer", "doom", [9]).is_success

    def all_ended() -> bool:
        if not worker.alive():
            worker.start()
        return system.states(["killer", *INNOCENTS]) <= TERMINAL

    eventually(all_ended, within=180)

    # Then
    assert system.states(INNOCENTS) == {"SUCCESS"}
    killer, *innocents = (system.ledger.views.task(id) for id in ("killer", *INNOCENTS))
    assert killer is not None
    assert (killer.state, killer.error and killer.error.type) == ("FAILURE", "WorkerDied")
    assert {task.crashes for task in innocents if task} == {0}
