"""An upgrade: two releases of the workers serve one queue."""

import pytest

from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.system import NEWER, OLDER, System

pytestmark = pytest.mark.faults


def test_a_worker_that_does_not_know_a_task_leaves_it_to_one_that_does(
    system: System, report: Report
) -> None:
    # Given a worker of an older release and one of a newer release on one queue
    system.start(workers=0)
    system.add_worker(tasks=OLDER)
    system.add_worker(tasks=NEWER)
    system.wait_until_up()

    # When 2,000 tasks come in that only the newer one knows
    with running(system, task="novelty") as run:
        run.healed()
        verdict = report.judge("older worker beside a newer one", run.history())

    # Then all are done by the newer one, once, and none was refused or blamed
    assert verdict.holds, verdict
    assert verdict.duplicated == 0
    assert system.counted("released", "novelty") > 0
