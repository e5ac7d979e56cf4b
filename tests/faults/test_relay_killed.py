"""The relay dies, or stalls, at the worst moment: what it published has no confirm yet."""

import pytest

from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.stages import Stage
from tests.faults.system import System
from tests.faults.withholding import Wire
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults


def _unconfirmed(system: System) -> dict[str, str]:
    """Tasks claimed by a relay that knows of no confirm, with their states."""
    leased = [id.decode() for id in system.ledger.connection.redis.zrange("{longshore}:lease:faults", 0, -1)]
    return {id: str(state) for id, state in zip(leased, system.ledger.views.states_of(leased), strict=True)}


def test_a_relay_killed_between_publish_and_confirm_loses_nothing(
    stage: Stage, system: System, report: Report, eventually: Eventually
) -> None:
    # Given two workers in the middle of 2,000 tasks, and a relay whose confirms pass through our hands
    with Wire(stage.broker_url) as wire:
        system.start(schedulers=0, workers=2)
        relay = system.add_scheduler(broker=wire.url)
        with running(system) as run:
            run.until_ended(200)

            # When confirms are withheld until copies without one have been run, and the relay is killed then
            wire.hold_answers()
            eventually(lambda: "SUCCESS" in _unconfirmed(system).values(), within=30)
            relay.kill()
            unconfirmed = _unconfirmed(system)
            run.until_acknowledged(1500)
            system.add_scheduler()
            run.healed()
            verdict = report.judge("relay killed between publish and confirm", run.history())

    # Then another relay publishes again what had no confirm, and each task ran once
    assert len(unconfirmed) > 20
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
            eventually(lambda: len(_unconfirmed(system)) > 50, within=30)
            stalled.freeze()
            late = set(_unconfirmed(system))
            system.add_scheduler()
            eventually(lambda: late <= run.ended(), within=60)

            # And then its copies arrive after all
            wire.let_go()
            stalled.thaw()
            run.healed()
            verdict = report.judge("relay stalled past its lease", run.history())
            eventually(lambda: system.ledger.metrics.counters().get(("dropped", "faults", "mark"), 0) > 0)

    # Then those are dropped, and each task ran once
    assert verdict.holds, verdict
    assert verdict.duplicated == 0
