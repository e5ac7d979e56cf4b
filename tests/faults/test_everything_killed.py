"""Everything dies at once."""

import pytest

from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.stages import EMBEDDED_DURABLE, GENERATIONS, Stage
from tests.faults.system import System

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("stage", [*GENERATIONS, EMBEDDED_DURABLE], indirect=True)
def test_everything_killed_at_once_and_started_again_loses_nothing(
    stage: Stage, system: System, report: Report
) -> None:
    # Given two schedulers and two workers in the middle of 2,000 tasks
    system.start(schedulers=2, workers=2)
    with running(system) as run:
        run.until_ended(300)

        # When broker, ledger and every part are killed at once, and started again
        for kill in [*(server.kill for server in stage.servers), *(part.kill for part in system.programs)]:
            kill()
        for server in stage.servers:
            server.start()
        for program in system.programs:
            program.start()
        run.healed()
        verdict = report.judge("everything killed at once", run.history())

    # Then all is done, each task with one completion
    assert verdict.acknowledged == 2000
    assert verdict.holds, verdict
