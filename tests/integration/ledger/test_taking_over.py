"""Who may take a started task from its holder, and when."""

from longshore_ledger.records import StartAnswer, Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_a_task_of_a_worker_that_has_lapsed_is_free_at_once(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("a")
    harness.pass_seconds(2, other)
    other.beat()
    harness.clock.advance(1.4)
    other.beat()

    # When the broker delivers it again, before the reconciler has looked
    answer = other.ask(copy)[0]

    # Then it is published again, since where the copy is may be no place for a suspect
    assert answer.verdict is Verdict.DROP
    assert (harness.state("a"), harness.task("a").crashes) == ("PENDING", 1)
    assert relay.publish() == [copy]
    assert other.ask(copy)[0] == StartAnswer(
        Verdict.RUN, attempt=1, deliveries=2, offset=-1, alone=True, suspect=True
    )
    assert worker.succeed("a") is False
    assert other.succeed("a") is True


def test_a_worker_that_asks_is_alive(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given a worker whose heart has stopped, but not its mouth
    copy = harness.started("a")
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)

    # When
    answer = worker.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert worker.succeed("a") is True


def test_nothing_is_taken_over_in_the_grace_after_a_gap(
    harness: Harness, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a ledger that was away for a minute
    copy = harness.started("a")
    clock.advance(60)

    # When
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert worker.succeed("a") is True


def test_a_worker_that_dies_before_its_first_beat_is_noticed(
    harness: Harness, worker: Worker, other: Worker
) -> None:
    # Given
    other.beat()
    (copy,) = harness.queued("a")
    worker.start(copy)

    # When
    reaped = harness.pass_seconds(4, other)

    # Then
    assert reaped.crashes == 1
    assert harness.state("a") == "PENDING"


def test_a_start_is_no_beat(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given a worker whose heart has stopped
    harness.started("a")
    harness.pass_seconds(3, other)

    # When
    (copy,) = harness.queued("b")
    worker.start(copy)
    reaped = harness.pass_seconds(1, other)

    # Then
    assert reaped.crashes == 2
