"""The ledger comes back from an older copy: something is lost then, and nothing is hidden."""

import msgspec
import pytest

from tests.faults.copies import Copy
from tests.faults.history import number_of
from tests.faults.load import Load
from tests.faults.report import Report
from tests.faults.runs import Run, running
from tests.faults.stages import Stage
from tests.faults.system import System
from tests.services.waiting import Eventually

pytestmark = pytest.mark.faults

NOTE = (
    "What was accepted after the copy was made is gone from the ledger, and counts as lost here. Of it, all"
    " that was in the broker is parked, none silently acknowledged; submitted again under the same ids, it"
    " was done. What was waiting in the copy and had ended since ran again."
)
ROLLED_BACK = (
    "What was accepted after the copy was made is gone from the ledger, and counts as lost here. What was in"
    " the copy came to its end on the same workers, some of it a second time."
)


def test_a_ledger_restored_from_an_older_copy_parks_what_it_does_not_know(
    stage: Stage, system: System, report: Report, eventually: Eventually
) -> None:
    # Given 300 tasks that are done, and 200 that wait in the broker since nobody serves them
    system.start(workers=1)
    worker = system.workers[0]
    with running(system, tasks=300, prefix="done") as run:
        run.until_ended(300)
        worker.stop()
        before = _submit(system, run, "waiting", 200)
        eventually(lambda: system.states(before) == {"QUEUED"}, within=30)

        # And a copy of the ledger; after it those are done and 1,500 accepted, of which a window full is out
        copy = Copy(stage.ledger.url)
        worker.start()
        eventually(lambda: before <= run.ended(), within=60)
        worker.stop()
        after = _submit(system, run, "new", 1500)
        eventually(lambda: system.ledger.maintenance.outstanding()["faults"] >= 1000, within=30)
        published = {id for id in after if system.state(id) == "QUEUED"}
        assert len(published) == 1000

        # When the ledger is restored from that copy, and work goes on
        copy.restore()
        worker.start()
        run.healed()

        # Then every copy in the broker that it does not know is parked, with what was to be run
        parked = "{longshore}:parked"
        redis = system.ledger.connection.redis
        eventually(lambda: redis.hlen(parked) >= len(published), within=60)
        kept = {id.decode(): _arguments(copy) for id, copy in redis.hgetall(parked).items()}
        assert {id: arguments[0] for id, arguments in kept.items()} == {id: number_of(id) for id in published}

        # And what was waiting in the copy runs again, what was done stays done, what came after it is gone
        eventually(lambda: sum(end.id in before for end in run.ends()) == 2 * len(before), within=60)
        assert system.states(before) == {"SUCCESS"}
        verdict = report.judge("ledger restored from a copy some seconds old", run.history(within=0), NOTE)
        assert set(verdict.lost) == after
        assert verdict.unexpected == []
        assert verdict.duplicated == len(before)

        # And who still knows the ids can submit them again
        again = _submit(system, run, "new", 1500)
        eventually(lambda: system.states(again) == {"SUCCESS"}, within=60)


def test_a_ledger_rolled_back_under_living_workers_loses_what_came_after_the_copy_and_nothing_else(
    stage: Stage, system: System, report: Report, eventually: Eventually
) -> None:
    # Given workers that are busy, and a copy of the ledger in the middle of their work
    system.start(workers=2)
    with running(system, tasks=300, prefix="before") as run:
        run.until_acknowledged(300)
        before = run.load.acknowledged()
        copy = Copy(stage.ledger.url)

        # When more is accepted, some of it done, and then the ledger is rolled back while they run
        after = _submit(system, run, "after", 300)
        eventually(lambda: run.ended() & after, within=30)
        copy.restore()

        # Then what was in the copy comes to its end, on the same workers
        eventually(lambda: system.states(before) == {"SUCCESS"}, within=90)
        verdict = report.judge("ledger rolled back under living workers", run.history(within=0), ROLLED_BACK)
        assert set(verdict.lost) <= after
        assert verdict.unexpected == []
        assert all(worker.alive() for worker in system.workers)
        assert system.counted("crashes") == 0

        # And who still knows the ids of the rest can submit them again
        again = _submit(system, run, "after", 300)
        eventually(lambda: system.states(again) == {"SUCCESS"}, within=60)


def _submit(system: System, run: Run, prefix: str, count: int) -> set[str]:
    """Submit so many tasks at once, and wait until all are accepted."""
    with Load(system.url, prefix, count, rate=100_000) as load:
        load.begin()
        load.finish()
    run.load.attempts += load.attempts
    return load.acknowledged()


def _arguments(parked: bytes) -> list[float]:
    """What a parked copy would have been called with."""
    args: list[float] = msgspec.json.decode(msgspec.json.decode(parked)["body"])[0]
    return args
