"""The ledger lives and answers with an error: another client's script, a user's rights, a failover."""

from contextlib import closing

import pytest
import redis

from tests.faults.history import Outcome
from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.stages import Stage
from tests.faults.system import System
from tests.services.refusing import Refusing, busy, forbidding, read_only
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults


@pytest.mark.parametrize(
    ("refusing", "told"),
    [
        (busy, "is busy with another client's script"),
        (forbidding, "forbids scripts"),
        (read_only, "is a replica for a while"),
    ],
    ids=["BUSY", "NOPERM", "READONLY"],
)
def test_a_ledger_that_refuses_for_a_while_loses_nothing(
    stage: Stage, system: System, report: Report, eventually: Eventually, refusing: Refusing, told: str
) -> None:
    # Given two workers in the middle of 2,000 tasks
    system.start(workers=2)
    with running(system) as run, closing(redis.Redis.from_url(stage.ledger.url)) as server:
        run.until_acknowledged(500)

        # When the ledger refuses, until submissions were refused because of it
        with refusing(server):
            run.until_answered(Outcome.REFUSED, 4)
        run.healed()
        verdict = report.judge(f"ledger that {told}", run.history())

    # Then all that got a 202 is done, once, by the same workers, and nobody has given anything up
    assert verdict.acknowledged == 2000
    assert verdict.holds, verdict
    assert all(worker.alive() for worker in system.workers)
    assert system.counted("crashes") == 0
    assert system.ledger.connection.redis.hlen("{longshore}:parked") == 0
