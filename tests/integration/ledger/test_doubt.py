"""Doubt and confirmation: who really runs a task is asked, not guessed."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_a_holder_hears_that_its_task_is_doubted(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    harness.started("b")

    # When the broker delivers a copy again
    verdict = other.ask(copy)[0].verdict

    # Then
    assert verdict is Verdict.DROP
    assert other.beat().doubted == []
    assert worker.beat().doubted == ["a"]


def test_a_task_that_its_holder_confirms_goes_on(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    other.ask(copy)
    worker.beat()

    # When
    confirmed = worker.confirm_running("a"), worker.confirm_running("a")
    reaped = harness.pass_seconds(5, worker, other)

    # Then
    assert confirmed == (1, 0)
    assert (reaped.released, reaped.crashes) == (0, 0)
    assert worker.beat().doubted == []
    assert worker.succeed("a") is True
    assert harness.task("a").deliveries == 1


def test_a_task_that_nobody_confirms_is_ready_again_without_blame(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a holder that no longer knows the task
    copy = harness.started("a")
    other.ask(copy)
    worker.beat()

    # When
    early = harness.pass_seconds(1, worker)
    late = harness.pass_seconds(1, worker)

    # Then
    assert (early.released, late.released, late.crashes) == (0, 1, 0)
    task = harness.task("a")
    assert (task.state, task.crashes, task.released) == ("PENDING", 0, "its worker no longer knew it")
    assert relay.publish() == [copy]
    assert worker.succeed("a") is False
    assert worker.beat().doubted == []


def test_a_doubt_waits_for_a_holder_that_is_slow_to_beat(
    harness: Harness, worker: Worker, other: Worker
) -> None:
    # Given a holder that beats late, but not so late that it has lapsed
    copy = harness.started("a")
    other.ask(copy)
    reaped = [harness.pass_seconds(1, other) for _ in range(2)]
    harness.clock.advance(0.9)

    # When
    heard = worker.beat().doubted
    reaped.append(harness.pass_seconds(1, worker, other))
    worker.confirm_running("a")
    reaped.append(harness.pass_seconds(2, worker, other))

    # Then its time runs from when it heard
    assert heard == ["a"]
    assert sum(each.released + each.crashes for each in reaped) == 0
    assert worker.succeed("a") is True


def test_a_doubt_is_told_again_until_it_is_over(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given a beat whose answer was lost
    copy = harness.started("a")
    other.ask(copy)
    worker.beat()

    # When
    harness.clock.advance(1)
    again = worker.beat().doubted
    harness.clock.advance(1.1)
    reaped = harness.ledger.maintenance.reap()

    # Then its time runs from the first hearing
    assert again == ["a"]
    assert reaped.released == 1


def test_thousands_of_doubts_are_heard_by_their_holders(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a broker that delivered everything again
    harness.submit(*(f"t{n}" for n in range(1500)))
    copies = [copy for _ in range(3) for copy in harness.relay.publish(window=2000)]
    worker.beat()
    worker.start(*copies)
    other.ask(*copies)

    # When
    heard = worker.beat().doubted
    worker.confirm_running(*heard)

    # Then
    assert len(heard) == 1500
    assert harness.pass_seconds(3, worker, other).released == 0


def test_a_doubt_is_over_when_the_task_finished(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    other.ask(copy)
    worker.beat()

    # When
    worker.succeed("a")
    reaped = harness.pass_seconds(3, worker)

    # Then
    assert reaped.released == 0
    assert harness.state("a") == "SUCCESS"
    assert worker.beat().doubted == []


def test_a_doubt_of_an_earlier_run_does_not_touch_the_next(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a task doubted, drained, and started by another worker
    copy = harness.started("a")
    other.ask(copy)
    worker.beat()
    worker.release("a")
    harness.deliver(other)

    # When
    reaped = harness.pass_seconds(3, worker, other)

    # Then
    assert reaped.released == 0
    assert other.succeed("a") is True


def test_a_doubted_task_whose_holder_died_is_a_crash(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    other.ask(copy)

    # When its holder never hears of it
    reaped = harness.pass_seconds(4, other)

    # Then
    assert (reaped.released, reaped.crashes) == (0, 1)


def test_a_doubted_task_that_was_cancelled_is_not_ready_again(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("a")
    other.ask(copy)
    ledger.control.cancel(["a"])
    assert worker.beat().cancelled == ["a"]

    # When nobody confirms it
    reaped = harness.pass_seconds(3, worker)

    # Then
    assert reaped.released == 1
    assert harness.state("a") == "REVOKED"
    assert relay.claim() == []
    assert worker.beat().cancelled == []


def test_a_doubt_ends_in_time_though_the_clock_fell_back(
    harness: Harness, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    copy = harness.started("a")
    other.ask(copy)
    worker.beat()
    clock.jump(-3600)

    # When
    harness.pass_seconds(10, worker, other)

    # Then
    assert harness.state("a") == "PENDING"


def test_a_doubt_of_a_forgotten_task_is_forgotten(
    ledger: Ledger, harness: Harness, worker: Worker, clock: Clock
) -> None:
    # Given what retention left behind
    server = ledger.connection.redis
    server.zadd(f"{PREFIX}:doubt", {"ghost|worker01.1": clock.us})
    server.sadd(f"{PREFIX}:doubt:worker01", "ghost|worker01.1")
    worker.beat()

    # When
    reaped = harness.pass_seconds(2, worker)
    reaped = harness.pass_seconds(6, worker)

    # Then
    assert reaped.released == 0
    assert worker.beat().doubted == []


def test_the_doubts_of_a_worker_that_leaves_go_with_it(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("a")
    other.ask(copy)
    worker.beat()
    worker.succeed("a")

    # When
    ledger.runs.leave(worker.id)

    # Then
    assert not ledger.connection.redis.exists(f"{PREFIX}:doubt", f"{PREFIX}:doubt:worker01")
