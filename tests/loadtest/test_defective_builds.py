"""The verdict is tried on builds that lack what Longshore rests on, and on Longshore itself beside each.

The same fault is done to both: the sound build keeps its promises, the defective one is caught. Where two
things hold the same promise, a build that lacks the other one alone must keep it, too.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from longshore_loadtest.marks.answers import QUEUE
from longshore_loadtest.verify import Verdict
from tests.faults.withholding import Wire
from tests.loadtest.defective.installation import Installation
from tests.services.processes import Processes
from tests.services.waiting import Eventually

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

SOUND = ()


@pytest.fixture
def installation(
    processes: Processes, tmp_path: Path, ledger_url: str, broker_url: str
) -> Iterator[Installation]:
    with Installation(processes, tmp_path / "history", ledger_url, broker_url) as made:
        yield made


def _broken(verdict: Verdict) -> set[str]:
    return {finding.name for finding in verdict.findings if finding.problems}


@pytest.mark.parametrize(
    ("defects", "broken"), [(SOUND, set()), (("acks_before_writing",), {"lost", "unrecorded"})]
)
def test_an_api_that_answers_202_too_early_is_caught_when_it_is_killed(
    installation: Installation, defects: tuple[str, ...], broken: set[str], eventually: Eventually
) -> None:
    # Given
    api = installation.start_api(*defects)
    installation.start("scheduler")
    installation.start_worker()
    installation.wait_until_up()

    # When
    with installation.clients(400) as clients:
        eventually(lambda: len(clients.acknowledged) > 200, every=0.01)
        api.kill()
        api.start()
        verdict = installation.verdict(clients)

    # Then
    assert broken <= _broken(verdict)
    assert verdict.holds is (not broken), verdict.findings
    assert verdict.acknowledged == 400


@pytest.mark.parametrize(
    ("of_worker", "of_scheduler", "broken"),
    [
        (SOUND, SOUND, set()),
        (SOUND, ("misses_no_copy",), set()),
        (("acks_on_receipt",), ("misses_no_copy",), {"lost"}),
    ],
)
def test_a_worker_that_acknowledges_on_receipt_is_caught_when_it_is_killed(
    installation: Installation,
    of_worker: tuple[str, ...],
    of_scheduler: tuple[str, ...],
    broken: set[str],
) -> None:
    # Given two workers that cannot keep up: copies wait in their hands
    installation.start_api()
    installation.start("scheduler", defects=of_scheduler)
    worker = installation.start_worker(*of_worker)
    installation.start_worker(*of_worker)
    installation.wait_until_up()

    # When
    with installation.clients(400, rate=1000, ms=40) as clients:
        installation.until_ended(40)
        worker.kill()
        verdict = installation.verdict(clients)

    # Then
    assert broken <= _broken(verdict)
    assert verdict.holds is (not broken), verdict.findings


@pytest.mark.parametrize(("defects", "broken"), [(SOUND, set()), (("fences_nothing",), {"duplicated"})])
def test_a_ledger_without_fences_is_caught_when_a_worker_was_frozen(
    installation: Installation, defects: tuple[str, ...], broken: set[str], eventually: Eventually
) -> None:
    # Given
    installation.start_api()
    installation.start("scheduler")
    worker = installation.start_worker(*defects)
    (id,) = installation.live_workers()
    installation.start_worker(*defects)
    installation.wait_until_up()

    # When a worker is frozen in the middle of its tasks until others have done them, and wakes up then
    with installation.clients(400, rate=1000, ms=40) as clients:
        installation.until_ended(40)
        installation.freeze_amid_tasks(worker, id)
        eventually(lambda: len(installation.live_workers()) == 1)
        eventually(lambda: clients.is_done() and installation.in_state("SUCCESS") == 400, within=60)
        worker.thaw()
        eventually(lambda: len(installation.live_workers()) == 2)
        verdict = installation.verdict(clients)

    # Then
    assert broken <= _broken(verdict)
    assert verdict.holds is (not broken), verdict.findings


@pytest.mark.parametrize(("defects", "broken"), [(SOUND, set()), (("finishes_in_two_steps",), {"wrong"})])
def test_a_finish_in_two_steps_is_caught_when_a_worker_is_killed(
    installation: Installation, defects: tuple[str, ...], broken: set[str]
) -> None:
    # Given
    installation.start_api()
    installation.start("scheduler")
    worker = installation.start_worker(*defects)
    installation.wait_until_up()

    # When
    with installation.clients(200) as clients:
        for ended in (50, 100):
            installation.until_ended(ended)
            worker.kill()
            worker.start()
        verdict = installation.verdict(clients)

    # Then
    assert broken <= _broken(verdict)
    assert verdict.holds is (not broken), verdict.findings


@pytest.mark.parametrize(
    ("defects", "broken"), [(SOUND, set()), (("forgets_what_has_not_ended",), {"lost", "unrecorded"})]
)
def test_a_retention_that_forgets_what_waits_is_caught(
    processes: Processes,
    tmp_path: Path,
    ledger_url: str,
    broker_url: str,
    defects: tuple[str, ...],
    broken: set[str],
    eventually: Eventually,
) -> None:
    # Given tasks that have ended while no scheduler ran, and others that wait in a queue that is paused
    with Installation(processes, tmp_path / "history", ledger_url, broker_url, retention=0.1) as installation:
        installation.start_api()
        scheduler = installation.start("scheduler", defects=defects)
        installation.start_worker()
        installation.wait_until_up()
        with installation.clients(200, rate=1000, ms=40) as early:
            installation.until_ended(20)
            scheduler.kill()
            before = scheduler.log().count("retired finished tasks")
            installation.until_ended(30)
            installation.ledger.control.pause(QUEUE, by="a test")
            with installation.clients(100, first=200) as late:
                eventually(late.is_done)

                # When another scheduler takes over, which begins with what is to be forgotten
                scheduler.start()
                eventually(lambda: scheduler.log().count("retired finished tasks") > before)
                installation.ledger.control.resume(QUEUE)
                verdict = installation.verdict(early, late)

    # Then
    assert broken <= _broken(verdict)
    assert verdict.holds is (not broken), verdict.findings
    assert any("tasks are gone" in note for note in verdict.notes)


@pytest.mark.parametrize(
    ("defects", "broken"),
    [
        (SOUND, set()),
        (("misses_no_copy",), set()),
        (("leases_nothing",), {"lost"}),
        (("misses_no_copy", "awaits_no_confirm"), {"lost"}),
    ],
)
def test_a_relay_that_leases_nothing_or_awaits_no_confirm_is_caught_when_it_is_killed(
    installation: Installation,
    broker_url: str,
    defects: tuple[str, ...],
    broken: set[str],
    eventually: Eventually,
) -> None:
    # Given a relay whose publications pass through our hands
    installation.start_api()
    with Wire(broker_url) as wire:
        relay = installation.start("scheduler", defects=defects, broker=wire.url)
        installation.start_worker()
        installation.wait_until_up()

        with installation.clients(100) as early:
            installation.until_ended(100)

            # When it is killed between claim and publication, and another one takes over
            wire.hold_requests()
            with installation.clients(200, first=100) as late:
                ready = installation.ledger.outbox.backlog
                eventually(lambda: late.is_done() and not sum(ready().values()))
                relay.kill()
                installation.start("scheduler", defects=defects)
                verdict = installation.verdict(early, late)

    # Then
    assert broken <= _broken(verdict)
    assert verdict.holds is (not broken), verdict.findings
