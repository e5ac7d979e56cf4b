"""Cancelling: what waits is revoked, what runs is asked to stop."""

from collections import Counter

from longshore.ledger import Ledger
from longshore.ledger.connection import MOST_ITEMS
from longshore.ledger.records import CancelAnswer, Verdict
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import run_file


def test_a_waiting_task_is_revoked_and_never_runs(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    harbour.submit("ready")
    harbour.submit("delayed", delay=5.0)

    # When
    answers = ledger.control.cancel(["ready", "delayed"], by="ann")
    clock.advance(6)
    ledger.outbox.move_due()

    # Then
    assert answers == [CancelAnswer.REVOKED] * 2
    assert relay.claim() == []
    task = harbour.task("ready")
    assert (task.state, task.cancel_requested, task.finished_at) == (
        "REVOKED",
        "ann",
        "2026-11-21T08:00:00.000Z",
    )


def test_a_task_in_the_broker_is_revoked_and_its_copy_dropped(
    harbour: Harbour, ledger: Ledger, worker: Worker
) -> None:
    # Given
    (copy,) = harbour.queued("a")

    # When
    answers = ledger.control.cancel(["a"])

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert worker.ask(copy)[0].verdict is Verdict.DROP
    assert harbour.task("a").deliveries == 0


def test_a_task_on_its_way_to_the_broker_is_revoked(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    harbour.submit("a")
    copies = relay.claim()

    # When
    answers = ledger.control.cancel(["a"])
    relay.confirm(copies)

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert harbour.state("a") == "REVOKED"
    assert worker.ask(*copies)[0].verdict is Verdict.DROP
    clock.advance(31)
    assert relay.claim() == []


def test_a_task_waiting_for_its_next_attempt_is_revoked(
    harbour: Harbour, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given
    harbour.started("a", retries=1, backoff=1.0)
    worker.fail("a")

    # When
    answers = ledger.control.cancel(["a"])
    clock.advance(5)

    # Then
    assert answers == [CancelAnswer.REVOKED]
    assert ledger.outbox.move_due() == 0


def test_a_running_task_is_asked_to_stop(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    harbour.started("a")

    # When
    answers = ledger.control.cancel(["a"])

    # Then it runs until its worker says otherwise
    assert answers == [CancelAnswer.REQUESTED]
    assert (harbour.state("a"), harbour.task("a").cancel_requested) == ("STARTED", "somebody")
    assert other.beat().cancelled == []
    assert worker.beat().cancelled == ["a"]
    worker.stop("a")
    assert harbour.state("a") == "REVOKED"
    assert worker.beat().cancelled == []


def test_a_result_that_came_first_stays(harbour: Harbour, ledger: Ledger, worker: Worker) -> None:
    # Given
    harbour.started("a")
    ledger.control.cancel(["a"])

    # When
    worker.succeed("a")

    # Then
    assert harbour.state("a") == "SUCCESS"
    assert worker.beat().cancelled == []


def test_a_failure_of_a_cancelled_task_is_not_tried_again(
    harbour: Harbour, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harbour.started("a", retries=5)
    ledger.control.cancel(["a"])

    # When
    worker.fail("a")

    # Then
    assert harbour.state("a") == "REVOKED"
    assert worker.beat().cancelled == []


def test_what_is_over_or_not_there_is_not_cancelled(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.finished("done")
    harbour.failed("failed")

    # When
    answers = ledger.control.cancel(["done", "nobody", "failed"])

    # Then
    assert answers == [CancelAnswer.FINISHED, CancelAnswer.UNKNOWN, CancelAnswer.FINISHED]


def test_cancelling_again_changes_nothing(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.submit("a")
    ledger.control.cancel(["a"], by="ann")

    # When the answer was lost
    again = ledger.control.cancel(["a"], by="bob")

    # Then
    assert again == [CancelAnswer.REVOKED]
    assert harbour.task("a").cancel_requested == "ann"
    assert ledger.metrics.counters()["revoked", "q", "add"] == 1


def test_a_cancelled_task_of_a_dead_worker_is_revoked(
    harbour: Harbour, ledger: Ledger, relay: Relay, other: Worker
) -> None:
    # Given
    harbour.started("a")
    ledger.control.cancel(["a"])

    # When
    judged = harbour.pass_seconds(4, other)

    # Then
    assert judged.deaths == 1
    assert harbour.state("a") == "REVOKED"
    assert relay.claim() == []


def test_a_cancelled_task_is_not_taken_over(harbour: Harbour, ledger: Ledger, other: Worker) -> None:
    # Given
    copy = harbour.started("a")
    ledger.control.cancel(["a"])
    harbour.pass_seconds(2, other)
    harbour.clock.advance(1.4)

    # When the broker delivers it again
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert harbour.state("a") == "REVOKED"


def test_a_worker_that_comes_back_is_not_told_of_an_old_request(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a task cancelled while its worker was frozen, then retried, and started by that worker again
    harbour.started("a")
    ledger.control.cancel(["a"])
    harbour.pass_seconds(4, other)
    ledger.control.retry(["a"])
    worker.beat()
    harbour.deliver(worker)

    # When
    heard = worker.beat().cancelled

    # Then
    assert heard == []
    assert harbour.task("a").cancel_requested is None


def test_a_part_of_a_batch_is_cancelled_with_its_batch(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    run_file(ledger, "b", ["1 2"])

    # When
    answers = ledger.control.cancel(["b.0"])

    # Then
    assert answers == [CancelAnswer.IN_BATCH]
    assert harbour.state("b.0") == "PENDING"


def test_many_are_cancelled_in_slices(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    ids = [f"t{n}" for n in range(MOST_ITEMS + 10)]
    harbour.submit(*ids)

    # When
    answers = ledger.control.cancel(ids)

    # Then
    assert Counter(answers) == {CancelAnswer.REVOKED: len(ids)}
    assert ledger.views.counts()["q"]["REVOKED"] == len(ids)
