"""Workers and their children are killed, and frozen."""

import pytest

from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.stages import EITHER
from tests.faults.system import System
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults


@EITHER
def test_killed_pool_children_lose_nothing(system: System, report: Report) -> None:
    # Given two workers in the middle of 2,000 tasks
    system.start(workers=2)
    with running(system) as run:
        run.until_ended(200)

        # When children are killed in the middle of a task, ten times
        victims = [system.kill_a_running_child() for _ in range(10)]
        run.healed()
        verdict = report.judge("pool child killed, 10 times", run.history())

    # Then all is done, and only what was running was run again: a task for each child
    assert verdict.holds, verdict
    assert len(set(victims)) <= verdict.duplicated <= len(system.killed)


@EITHER
def test_a_killed_worker_of_two_loses_nothing(system: System, report: Report) -> None:
    # Given two workers in the middle of 2,000 tasks
    system.start(workers=2)
    first, second = system.workers
    with running(system) as run:
        run.until_ended(200)

        # When one is killed alone, its children left behind, and later the other one with all it has
        first.kill_parent()
        run.until_more_ended()
        system.start_again(first)
        second.kill()
        run.until_more_ended()
        system.start_again(second)
        run.healed()
        verdict = report.judge("worker killed, of two", run.history())

    # Then all is done, each task once
    assert verdict.holds, verdict


def test_a_worker_frozen_past_its_heartbeat_wakes_up_and_spoils_nothing(
    system: System, report: Report, eventually: Eventually
) -> None:
    # Given two workers in the middle of 2,000 tasks
    system.start(workers=2)
    frozen = system.workers[0]
    with running(system) as run:
        run.until_ended(200)

        # When one is frozen until it is taken for dead and others have done its work, and wakes up then
        frozen.freeze()
        eventually(lambda: len(system.live_workers()) == 1, within=30)
        eventually(lambda: not any(view.running for view in system.ledger.views.workers() if not view.alive))
        run.until_more_ended()
        frozen.thaw()
        run.healed()
        verdict = report.judge("worker frozen past its heartbeat", run.history())

    # Then the results that it still had were refused, and each task has one
    assert system.counted("fenced") > 0
    assert verdict.holds, verdict
