"""The broker dies, or forgets everything."""

import time

import pytest

from tests.faults.history import Outcome
from tests.faults.marks import Marks
from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.stages import EITHER, GENERATIONS, Stage
from tests.faults.system import System
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults

OUTAGE = 20.0
"""Seconds without a broker."""


@pytest.mark.parametrize("stage", GENERATIONS, indirect=True)
def test_a_broker_that_is_away_for_20_seconds_stops_neither_submission_nor_a_running_task(
    stage: Stage, system: System, marks: Marks, report: Report, eventually: Eventually
) -> None:
    # Given two workers in the middle of 2,000 tasks, one of which takes 30 seconds
    broker = stage.broker
    assert broker
    system.start(workers=2)
    with running(system, rate=60) as run:
        run.submit("long-0", ms=30_000)
        eventually(lambda: marks.begun("long-0"), within=30)
        run.until_ended(50)

        # When the broker is killed, and away for 20 seconds while submission goes on
        broker.kill()
        back_at, accepted = time.monotonic() + OUTAGE, len(run.load.acknowledged())
        eventually(lambda: time.monotonic() > back_at, within=2 * OUTAGE)
        meanwhile = len(run.load.acknowledged()) - accepted
        broker.start()
        run.healed()
        verdict = report.judge("broker killed, away for 20 s", run.history())

    # Then nothing was refused meanwhile, all is done, and the long task ran once from one delivery
    assert meanwhile > 500
    assert run.load.count(Outcome.REFUSED) == run.load.count(Outcome.UNKNOWN) == 0
    assert verdict.holds, verdict
    long = system.ledger.views.task("long-0")
    assert long
    assert (long.state, long.attempt, long.deliveries, long.crashes) == ("SUCCESS", 1, 1, 0)
    assert marks.begun("long-0") == 1


@EITHER
def test_every_queue_deleted_loses_nothing(
    stage: Stage, system: System, report: Report, eventually: Eventually
) -> None:
    # Given two workers in the middle of 2,000 tasks, of which hundreds are in the broker
    system.start(workers=2)
    with running(system, rate=1000) as run:
        eventually(lambda: system.ledger.maintenance.outstanding().get("faults", 0) > 300, within=30)

        # When every queue is deleted
        stage.wipe()
        run.healed()
        verdict = report.judge("every queue deleted", run.history())

    # Then what they held is published again, and all is done, each task once
    assert verdict.holds, verdict
