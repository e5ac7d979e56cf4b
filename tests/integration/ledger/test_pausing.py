"""Pausing: nothing more of a queue is started; what runs goes on."""

from longshore.api_types import Pause
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker


def test_a_paused_queue_gives_nothing_to_the_relay(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    harness.submit("a")
    harness.submit("b", queue="r")

    # When
    ledger.control.pause("q", by="ann")

    # Then
    assert relay.claim() == []
    assert len(relay.claim("r")) == 1
    assert {view.name: view.pause for view in ledger.views.queues()} == {
        "q": Pause(by="ann", at="2026-11-21T08:00:00.000Z"),
        "r": None,
    }


def test_what_the_broker_has_of_a_paused_queue_is_not_started(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    (copy,) = harness.queued("a")
    ledger.control.pause("q")

    # When
    answer = worker.ask(copy)[0]

    # Then it is ready for the time after
    assert answer.verdict is Verdict.DROP
    assert (harness.state("a"), harness.task("a").released) == ("PENDING", "paused")
    assert relay.claim() == []
    ledger.control.resume("q")
    assert relay.claim() == [copy]


def test_a_copy_faster_than_its_confirm_waits_for_the_end_of_the_pause(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    harness.submit("a")
    copies = relay.claim()
    ledger.control.pause("q")
    verdict = worker.ask(*copies)[0].verdict

    # When the confirm comes
    confirmed = relay.confirm(copies)
    ledger.control.resume("q")

    # Then the task is not left in a broker that no longer has it
    assert verdict is Verdict.DROP
    assert confirmed == 0
    assert relay.claim() == copies


def test_what_runs_goes_on_through_a_pause(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.started("a")

    # When
    ledger.control.pause("q")

    # Then
    assert worker.succeed("a") is True


def test_nothing_is_taken_over_in_a_pause(harness: Harness, ledger: Ledger, other: Worker) -> None:
    # Given a task whose worker died
    copy = harness.started("a")
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)
    ledger.control.pause("q")

    # When the broker delivers it again
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert (harness.state("a"), harness.task("a").crashes) == ("PENDING", 1)


def test_pausing_again_keeps_who_paused_first(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a")
    ledger.control.pause("q", by="ann")

    # When
    ledger.control.pause("q", by="bob")

    # Then
    (view,) = ledger.views.queues()
    assert view.pause is not None
    assert view.pause.by == "ann"


def test_resuming_wakes_a_relay(harness: Harness, ledger: Ledger) -> None:
    # Given
    ledger.control.pause("q")

    # When
    ledger.control.resume("q")
    ledger.control.resume("q")

    # Then
    assert ledger.connection.redis.llen(f"{PREFIX}:wake") == 1
    assert ledger.views.queues() == []
