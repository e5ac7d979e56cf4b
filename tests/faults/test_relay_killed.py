"""The relay dies, or stalls, at the worst moment: what it published has no confirm yet."""

import pytest

from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.stages import EITHER, Stage
from tests.faults.system import System
from tests.faults.withholding import Wire
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults


def _claimed(system: System) -> set[str]:
    """Tasks that a relay has claimed, and that it knows no confirm for."""
    return {id.decode() for id in system.ledger.connection.redis.zrange("{longshore}:lease:faults", 0, -1)}


@EITHER
def test_a_relay_killed_between_publish_and_confirm_loses_nothing(
    stage: Stage, system: System, report: Report
) -> None:
    # Given two workers, and a relay whose confirms pass through our hands
    with Wire(stage.broker_url) as wire:
        system.start(schedulers=0, workers=2)
        relay = system.add_scheduler(broker=wire.url)
        with running(system, begin=False) as run:
            run.submit("first-0", ms=0)
            run.until_ended(1)

            # When confirms are withheld until copies without one have been run, and the relay is killed then
            wire.hold_answers()
            run.load.begin()
            run.until_ended(2)
            relay.kill()
            unconfirmed = run.ended() - {"first-0"}
            run.until_acknowledged(1000)
            system.add_scheduler()
            run.healed()
            verdict = report.judge("relay killed between publish and confirm", run.history())

    # Then another relay publishes again what had no confirm, and each task ran once
    assert {task.queued_at for task in system.ledger.views.tasks(sorted(unconfirmed)) if task} == {None}
    assert verdict.holds, verdict
    assert verdict.duplicated == 0


def test_a_relay_that_stalls_past_its_lease_publishes_copies_that_are_dropped(
    stage: Stage, system: System, report: Report, eventually: Eventually
) -> None:
    # Given two workers and a relay whose publications pass through our hands
    with Wire(stage.broker_url) as wire:
        system.start(schedulers=0, workers=2)
        stalled = system.add_scheduler(broker=wire.url)
        with running(system) as run:
            run.until_ended(200)

            # When it stalls between claim and publish, and another relay takes its claims over
            wire.hold_requests()
            eventually(lambda: len(_claimed(system)) > 50, within=30)
            stalled.freeze()
            late = _claimed(system)
            system.add_scheduler()
            eventually(lambda: late <= run.ended(), within=60)

            # And then its copies arrive after all
            wire.let_go()
            stalled.thaw()
            run.healed()
            verdict = report.judge("relay stalled past its lease", run.history())
            eventually(lambda: system.counted("dropped") > 0)

    # Then those are dropped, and each task ran once
    assert verdict.holds, verdict
    assert verdict.duplicated == 0
