"""Cancelling: what waits is revoked, what runs is asked to stop."""

from collections import Counter

from longshore_ledger import Ledger
from longshore_ledger.connection import MOST_ITEMS
from longshore_ledger.records import CancelAnswer, Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file


def test_a_waiting_task_is_revoked_and_never_runs(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.submit("ready")
    harness.submit("delayed", delay=5.0)

    # When
    answers = ledger.control.cancel(["ready", "delayed"], by="ann")
    clock.advance(6)
    ledger.outbox.move_due()

    # Then
    assert answers == [CancelAnswer.REVOKED] * 2
    assert relay.claim() == []
    task = harness.task("ready")
    assert (task.state, task.cancel_requested, task.finished_at) == (
        "REVOKED",
        "ann",
        "2026-11-21T08:00:00.000Z",
    )


def test_a_task_in_the_broker_is_revoked_and_its_copy_dropped(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    (copy,) = harness.queued("a")

    # When
    answers = ledger.control.cancel(["a"])

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert worker.ask(copy)[0].verdict is Verdict.DROP
    assert harness.task("a").deliveries == 0


def test_a_task_on_its_way_to_the_broker_is_revoked(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.submit("a")
    copies = relay.claim()

    # When
    answers = ledger.control.cancel(["a"])
    relay.confirm(copies)

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert harness.state("a") == "REVOKED"
    assert worker.ask(*copies)[0].verdict is Verdict.DROP
    clock.advance(31)
    assert relay.claim() == []


def test_a_task_waiting_for_its_next_attempt_is_revoked(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harness.started("a", retries=1, backoff=1.0)
    worker.fail("a")

    # When
    answers = ledger.control.cancel(["a"])
    clock.advance(5)

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert ledger.outbox.move_due() == 0


def test_a_running_task_is_asked_to_stop(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")

    # When
    answers = ledger.control.cancel(["a"])

    # Then it runs until its worker says otherwise
    assert answers == [CancelAnswer.REQUESTED]
    assert (harness.state("a"), harness.task("a").cancel_requested) == ("STARTED", "somebody")
    assert other.beat().cancelled == []
    assert worker.beat().cancelled == ["a"]
    worker.stop("a")
    assert harness.state("a") == "REVOKED"
    assert worker.beat().cancelled == []


def test_a_result_that_came_first_stays(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.started("a")
    ledger.control.cancel(["a"])

    # When
    worker.succeed("a")

    # Then
    assert harness.state("a") == "SUCCESS"
    assert worker.beat().cancelled == []


def test_a_failure_of_a_cancelled_task_is_not_tried_again(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harness.started("a", retries=5)
    ledger.control.cancel(["a"])

    # When
    worker.fail("a")

    # Then
    assert harness.state("a") == "REVOKED"
    assert worker.beat().cancelled == []


def test_what_is_over_or_not_there_is_not_cancelled(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.finished("done")
    harness.failed("failed")

    # When
    answers = ledger.control.cancel(["done", "nobody", "failed"])

    # Then
    assert answers == [CancelAnswer.FINISHED, CancelAnswer.UNKNOWN, CancelAnswer.FINISHED]


def test_cancelling_again_changes_nothing(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a")
    ledger.control.cancel(["a"], by="ann")

    # When the answer was lost
    again = ledger.control.cancel(["a"], by="bob")

    # Then
    assert again == [CancelAnswer.REVOKED]
    assert harness.task("a").cancel_requested == "ann"
    assert ledger.metrics.counters()["revoked", "q", "add"] == 1


def test_a_cancelled_task_of_a_dead_worker_is_revoked(
    harness: Harness, ledger: Ledger, relay: Relay, other: Worker
) -> None:
    # Given
    harness.started("a")
    ledger.control.cancel(["a"])

    # When
    reaped = harness.pass_seconds(4, other)

    # Then
    assert reaped.crashes == 1
    assert harness.state("a") == "REVOKED"
    assert relay.claim() == []


def test_a_cancelled_task_is_not_taken_over(harness: Harness, ledger: Ledger, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    ledger.control.cancel(["a"])
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)

    # When the broker delivers it again
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert harness.state("a") == "REVOKED"


def test_a_worker_that_comes_back_is_not_told_of_an_old_request(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a task cancelled while its worker was frozen, then retried, and started by that worker again
    harness.started("a")
    ledger.control.cancel(["a"])
    harness.pass_seconds(4, other)
    ledger.control.retry(["a"])
    worker.beat()
    harness.deliver(worker)

    # When
    heard = worker.beat().cancelled

    # Then
    assert heard == []
    assert harness.task("a").cancel_requested is None


def test_a_chunk_of_a_batch_is_cancelled_with_its_batch(harness: Harness, ledger: Ledger) -> None:
    # Given
    run_file(ledger, "b", ["1 2"])

    # When
    answers = ledger.control.cancel(["b.0"])

    # Then
    assert answers == [CancelAnswer.IN_BATCH]
    assert harness.state("b.0") == "PENDING"


def test_many_are_cancelled_in_slices(harness: Harness, ledger: Ledger) -> None:
    # Given
    ids = [f"t{n}" for n in range(MOST_ITEMS + 10)]
    harness.submit(*ids)

    # When
    answers = ledger.control.cancel(ids)

    # Then
    assert Counter(answers) == {CancelAnswer.REVOKED: len(ids)}
    assert ledger.views.counts()["q"]["REVOKED"] == len(ids)
