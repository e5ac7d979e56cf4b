"""The API dies while tasks and files come in."""

import io
from collections.abc import Callable, Iterator

import httpx
import msgspec
import pytest

from longshore import Client
from longshore.states import BatchState
from longshore_ledger.shapes import Batch
from tests.faults.history import Attempt, End, History, Outcome, Record, task_id
from tests.faults.marks import Marks
from tests.faults.report import Report
from tests.faults.runs import running
from tests.faults.system import System
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults

LINES = [f"{number} 1{' ' * 100}" for number in range(2000)]
"""A file of calls of `mark`. Blanks make it longer than the 64 KiB that the API reads before it begins."""


class Interrupted(io.BytesIO):
    """A file that does something the first time that most of it has been read."""

    def __init__(self, content: bytes, interruption: Callable[[], object]) -> None:
        super().__init__(content)
        self._size = len(content)
        self._interruption: Callable[[], object] | None = interruption

    def read(self, size: int | None = -1, /) -> bytes:
        piece = super().read(min(size or 0, 1000) if size and size > 0 else 1000)
        if self._interruption and self.tell() > self._size * 3 // 4:
            interruption, self._interruption = self._interruption, None
            interruption()
        return piece


def test_an_api_killed_during_submission_loses_nothing_it_answered_for(
    system: System, report: Report
) -> None:
    # Given two workers, and clients in the middle of submitting 2,000 tasks
    system.start(workers=2)
    with running(system) as run:
        # When the API is killed under them five times
        for _ in range(5):
            run.until_acknowledged(len(run.load.acknowledged()) + 200)
            system.api.kill()
            run.until_answered(Outcome.UNKNOWN, 1)
            system.api.start()
        run.healed()
        verdict = report.judge("API killed during submission, 5 times", run.history())

    # Then all is done, and what was asked again under the same id was done once
    assert verdict.asked_again > 0
    assert verdict.acknowledged == verdict.attempted == 2000
    assert verdict.holds, verdict
    assert verdict.duplicated == 0


def test_an_api_killed_in_the_middle_of_an_upload_runs_the_file_once(
    system: System, marks: Marks, report: Report, eventually: Eventually
) -> None:
    # Given a client in the middle of an upload
    system.start(workers=2)
    broken: list[Batch] = []

    def kill_the_api() -> None:
        broken.extend(eventually(lambda: _open_batches(system)))
        system.api.kill()
        system.api.start()

    file = Interrupted("\n".join(LINES).encode(), kill_the_api)
    with Client(system.url, "") as client:
        # When the API is killed half-way, and comes back
        handle = client.upload(file, "mark")
        output = list(handle.output(timeout=60))
        batch = handle.status()

    # Then the client has sent it again under its id, and every line of the file has run once, in order
    assert {one.id for one in broken} == {batch.id}
    assert output == [str(number) for number in range(len(LINES))]
    assert (batch.total, batch.done, batch.failed) == (len(LINES), len(LINES), 0)
    verdict = report.judge("API killed in the middle of an upload", _history(marks, output), NOTE)
    assert verdict.holds, verdict
    assert verdict.duplicated == 0


def test_an_upload_whose_client_and_api_die_leaves_nothing_behind(
    system: System, marks: Marks, eventually: Eventually
) -> None:
    # Given an upload of which half has been recorded
    system.start(workers=1)

    def half_a_file() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="task"\r\n\r\nmark\r\n'
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="numbers.txt"\r\n\r\n'
        yield "\n".join(LINES).encode()
        eventually(lambda: _open_batches(system))
        system.api.kill()

    # When the API and the client die
    with pytest.raises(httpx.TransportError):
        system.post(
            "/v1/batches",
            content=half_a_file(),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )

    # Then the batch is given up once its lease has lapsed, and no line of it ever ran
    system.api.start()
    system.wait_until_up()
    eventually(lambda: [batch.state for batch in system.ledger.batches.page().items] == ["REVOKED"])
    assert marks.read() == []


NOTE = "The tasks are the 2,000 lines of a file; a completion is a line of its output."


def _open_batches(system: System) -> list[Batch]:
    """Uploads of which some lines are on record."""
    return [one for one in system.ledger.batches.page().items if one.state is BatchState.OPEN and one.total]


def _history(marks: Marks, output: list[str]) -> History:
    """The upload's history, with a task for each line."""
    ids = [task_id("line", number) for number in range(len(LINES))]
    recorded = [task_id("line", int(text)) for text in output]
    return History(
        attempts=[Attempt(ids, Outcome.UNKNOWN, 0.0), Attempt(ids, Outcome.ACKNOWLEDGED, 0.0)],
        marks=[msgspec.structs.replace(mark, id=task_id("line", mark.number)) for mark in marks.read()],
        ends=[End(id, "SUCCESS", 0.0) for id in recorded],
        records={id: Record("SUCCESS", number, None, 1, 0) for number, id in enumerate(recorded)},
        healed_at=0.0,
    )
