"""The ledger dies, and fills up."""

import pytest

from tests.faults.history import Outcome
from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.stages import EMBEDDED_DURABLE, Stage
from tests.faults.system import System
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults

BALLAST = 20_000_000
"""Bytes that fill the ledger: much more than connections and buffers come and go with."""


@pytest.mark.parametrize(
    "stage", [None, EMBEDDED_DURABLE], indirect=True, ids=["redis", "the-embedded-one-that-is-the-broker-too"]
)
def test_a_killed_ledger_loses_nothing_it_has_acknowledged(
    stage: Stage, system: System, report: Report
) -> None:
    # Given two workers in the middle of 2,000 tasks, and a ledger that writes every change to disk first
    system.start(workers=2)
    with running(system) as run:
        for _ in range(3):
            run.until_acknowledged(len(run.load.acknowledged()) + 300)

            # When it is killed, three times
            stage.ledger.kill()
            run.until_answered(Outcome.REFUSED, 4)
            stage.ledger.start()
        run.healed()
        verdict = report.judge("ledger killed, 3 times (AOF)", run.history())

    # Then submissions got a 503 meanwhile, and all that got a 202 is done, with one completion each
    assert verdict.refused >= 12
    assert verdict.acknowledged == 2000
    assert verdict.holds, verdict


def test_a_full_ledger_takes_nothing_new_and_finishes_all_it_has(
    system: System, report: Report, eventually: Eventually
) -> None:
    # Given two workers with hundreds of tasks before them
    system.start(workers=2)
    redis = system.ledger.connection.redis
    with running(system, rate=1000) as run:
        run.until_acknowledged(1000)
        assert len(run.ended()) < 700

        # When the ledger uses nine tenths of its maxmemory
        redis.setrange("ballast", BALLAST, b"!")
        limit = int(redis.info("memory")["used_memory"] / 0.9)
        redis.config_set("maxmemory", limit)
        run.until_answered(Outcome.REFUSED, 8)
        accepted = run.load.acknowledged()

        # Then all that it had accepted finishes, and new work gets a 503
        eventually(lambda: accepted <= run.ended(), within=60)
        assert len(accepted) < 2000

        # And when there is room again, the rest is taken and done
        redis.config_set("maxmemory", 0)
        run.healed()
        verdict = report.judge("ledger nearly full", run.history())
    assert verdict.holds, verdict
    assert verdict.duplicated == 0
