"""Everything dies while ends are forgotten seconds after they were recorded."""

import io
from collections.abc import Iterator
from http import HTTPStatus

import httpx
import pytest

from longshore import Client
from tests.faults.marks import Marks
from tests.faults.report import Report
from tests.faults.runs import read_back, running
from tests.faults.stages import Stage
from tests.faults.system import System
from tests.services.processes import Processes
from tests.services.waiting import eventually

pytestmark = pytest.mark.faults

RETENTION = 2.0
LINES = 40
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE, HTTPStatus.SERVICE_UNAVAILABLE}
NOTE = (
    "What is forgotten counts as done if its end was announced and its marks prove it. None ran after that."
)


@pytest.fixture
def system(stage: Stage, processes: Processes, marks: Marks) -> Iterator[System]:
    """One that forgets what ended two seconds ago, whenever its scheduler comes to that."""
    made = System(
        processes, marks, ledger=stage.ledger.url, broker=stage.broker_url, retention_seconds=RETENTION
    )
    yield made
    made.close()


def test_what_is_forgotten_had_ended_and_does_not_run_again(
    stage: Stage, system: System, report: Report
) -> None:
    # Given two workers in the middle of 2,000 tasks, and of files
    system.start(workers=2)
    files: list[str] = []
    with Client(system.url, "") as client, running(system, alone=False) as run:
        for turn in range(6):
            run.until_ended(250 * (turn + 1))
            files += [client.upload(_file(), "mark").id for _ in range(3)]

            # When a worker, the scheduler and the ledger are killed in turns
            worker = system.workers[turn % 2]
            worker.kill()
            worker.start()
            _kill_scheduler(system)
            if turn % 3 == 1:
                stage.ledger.kill()
                stage.ledger.start()
        run.healed()
        early = len(run.ended()) - len(_known(system))
        eventually(lambda: run.load.acknowledged() <= run.ended(), within=90)

        # Then the output of a file is whole, or there is none
        assert {lines for id in files if (lines := _lines_of_output(system, id)) is not None} <= {LINES}

        # And each task was done once, though the ledger knows none of them any more
        eventually(lambda: _all_forgotten(system), within=60)
        history = run.history(retention=RETENTION)
    verdict = report.judge("ends forgotten after 2 s, and workers, scheduler, ledger killed", history, NOTE)
    assert early > 0
    assert verdict.acknowledged == 2000
    assert verdict.holds, verdict
    # A copy that was published twice, and comes when its task or file is forgotten, is put aside.
    parked = {
        id.decode().partition(".")[0] for id in system.ledger.connection.redis.hkeys("{longshore}:parked")
    }
    assert parked <= run.ended() | set(files)


def _file() -> io.BytesIO:
    return io.BytesIO("\n".join(f"{number} 0" for number in range(LINES)).encode())


def _kill_scheduler(system: System) -> None:
    """Each one begins with what is to be forgotten."""
    [scheduler] = system.schedulers
    scheduler.kill()
    scheduler.start()


def _known(system: System) -> set[str]:
    return {id for id in read_back(system) if id.startswith("t-")}


def _all_forgotten(system: System) -> bool:
    _kill_scheduler(system)
    return eventually(lambda: not _known(system), within=10)


def _lines_of_output(system: System, id: str) -> int | None:
    """None where it is gone, and said to be."""
    try:
        answer = system.get(f"/v1/batches/{id}/output")
    except httpx.TransportError:
        return None
    if answer.status_code in GONE:
        return None
    assert answer.status_code == HTTPStatus.OK, answer.text
    return len(answer.text.splitlines())
