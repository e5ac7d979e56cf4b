"""Who may take a started task from its holder, and when."""

from longshore.ledger.records import StartAnswer, Verdict
from tests.integration.ledger.actors import Harbour, Worker
from tests.integration.ledger.clock import Clock


def test_a_copy_is_taken_over_from_a_worker_that_has_lapsed(
    harbour: Harbour, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harbour.started("a")
    harbour.pass_seconds(2, other)
    other.beat()
    harbour.clock.advance(1.4)
    other.beat()

    # When the broker delivers it again, before the reconciler has looked
    answer = other.ask(copy)[0]

    # Then
    assert answer == StartAnswer(Verdict.RUN, attempt=1, deliveries=2, offset=-1, careful=True)
    task = harbour.task("a")
    assert (task.worker, task.deaths) == ("worker02", 1)
    assert worker.succeed("a") is False
    assert other.succeed("a") is True


def test_a_worker_that_asks_is_alive(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given a worker whose heart has stopped, but not its mouth
    copy = harbour.started("a")
    harbour.pass_seconds(2, other)
    harbour.clock.advance(1.4)

    # When
    answer = worker.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert worker.succeed("a") is True


def test_nothing_is_taken_over_in_the_grace_after_a_gap(
    harbour: Harbour, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given a ledger that was away for a minute
    copy = harbour.started("a")
    clock.advance(60)

    # When
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert worker.succeed("a") is True


def test_a_worker_that_dies_before_its_first_beat_is_noticed(
    harbour: Harbour, worker: Worker, other: Worker
) -> None:
    # Given
    other.beat()
    (copy,) = harbour.queued("a")
    worker.start(copy)

    # When
    judged = harbour.pass_seconds(4, other)

    # Then
    assert judged.deaths == 1
    assert harbour.state("a") == "PENDING"


def test_a_start_is_no_beat(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given a worker whose heart has stopped
    harbour.started("a")
    harbour.pass_seconds(3, other)

    # When
    (copy,) = harbour.queued("b")
    worker.start(copy)
    judged = harbour.pass_seconds(1, other)

    # Then
    assert judged.deaths == 2
