"""Doubt and vouching: who really runs a task is asked, not guessed."""

from longshore.ledger import Ledger
from longshore.ledger.connection import PREFIX
from longshore.ledger.records import Verdict
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_a_holder_hears_that_its_task_is_doubted(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given
    copy = harbour.started("a")
    harbour.started("b")

    # When the broker delivers a copy again
    verdict = other.ask(copy)[0].verdict

    # Then
    assert verdict is Verdict.DROP
    assert other.beat().doubted == []
    assert worker.beat().doubted == ["a"]


def test_a_task_that_its_holder_vouches_for_goes_on(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given
    copy = harbour.started("a")
    other.ask(copy)
    worker.beat()

    # When
    vouched = worker.vouch("a"), worker.vouch("a")
    judged = harbour.pass_seconds(5, worker, other)

    # Then
    assert vouched == (1, 0)
    assert (judged.released, judged.deaths) == (0, 0)
    assert worker.beat().doubted == []
    assert worker.succeed("a") is True
    assert harbour.task("a").deliveries == 1


def test_a_task_that_nobody_vouches_for_is_ready_again_without_blame(
    harbour: Harbour, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a holder that no longer knows the task
    copy = harbour.started("a")
    other.ask(copy)
    worker.beat()

    # When
    early = harbour.pass_seconds(1, worker)
    late = harbour.pass_seconds(1, worker)

    # Then
    assert (early.released, late.released, late.deaths) == (0, 1, 0)
    task = harbour.task("a")
    assert (task.state, task.deaths, task.released) == ("PENDING", 0, "its worker no longer knew it")
    assert relay.publish() == [copy]
    assert worker.succeed("a") is False
    assert worker.beat().doubted == []


def test_a_doubt_waits_for_a_holder_that_is_slow_to_beat(
    harbour: Harbour, worker: Worker, other: Worker
) -> None:
    # Given a holder that beats late, but not so late that it has lapsed
    copy = harbour.started("a")
    other.ask(copy)
    judged = [harbour.pass_seconds(1, other) for _ in range(2)]
    harbour.clock.advance(0.9)

    # When
    heard = worker.beat().doubted
    judged.append(harbour.pass_seconds(1, worker, other))
    worker.vouch("a")
    judged.append(harbour.pass_seconds(2, worker, other))

    # Then its time runs from when it heard
    assert heard == ["a"]
    assert sum(each.released + each.deaths for each in judged) == 0
    assert worker.succeed("a") is True


def test_a_doubt_is_told_again_until_it_is_over(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given a beat whose answer was lost
    copy = harbour.started("a")
    other.ask(copy)
    worker.beat()

    # When
    harbour.clock.advance(1)
    again = worker.beat().doubted
    harbour.clock.advance(1.1)
    judged = harbour.ledger.upkeep.judge()

    # Then its time runs from the first hearing
    assert again == ["a"]
    assert judged.released == 1


def test_thousands_of_doubts_are_heard_by_their_holders(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a broker that delivered everything again
    harbour.submit(*(f"t{n}" for n in range(1500)))
    copies = [copy for _ in range(3) for copy in harbour.relay.publish(window=2000)]
    worker.beat()
    worker.start(*copies)
    other.ask(*copies)

    # When
    heard = worker.beat().doubted
    worker.vouch(*heard)

    # Then
    assert len(heard) == 1500
    assert harbour.pass_seconds(3, worker, other).released == 0


def test_a_doubt_is_over_when_the_task_finished(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given
    copy = harbour.started("a")
    other.ask(copy)
    worker.beat()

    # When
    worker.succeed("a")
    judged = harbour.pass_seconds(3, worker)

    # Then
    assert judged.released == 0
    assert harbour.state("a") == "SUCCESS"
    assert worker.beat().doubted == []


def test_a_doubt_of_an_earlier_run_does_not_touch_the_next(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a task doubted, drained, and started by another worker
    copy = harbour.started("a")
    other.ask(copy)
    worker.beat()
    worker.release("a")
    harbour.deliver(other)

    # When
    judged = harbour.pass_seconds(3, worker, other)

    # Then
    assert judged.released == 0
    assert other.succeed("a") is True


def test_a_doubted_task_whose_holder_died_is_a_death(harbour: Harbour, worker: Worker, other: Worker) -> None:
    # Given
    copy = harbour.started("a")
    other.ask(copy)

    # When its holder never hears of it
    judged = harbour.pass_seconds(4, other)

    # Then
    assert (judged.released, judged.deaths) == (0, 1)


def test_a_doubted_task_that_was_cancelled_is_not_ready_again(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harbour.started("a")
    other.ask(copy)
    ledger.control.cancel(["a"])
    assert worker.beat().cancelled == ["a"]

    # When nobody vouches
    judged = harbour.pass_seconds(3, worker)

    # Then
    assert judged.released == 1
    assert harbour.state("a") == "REVOKED"
    assert relay.claim() == []
    assert worker.beat().cancelled == []


def test_a_doubt_ends_in_time_though_the_clock_fell_back(
    harbour: Harbour, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    copy = harbour.started("a")
    other.ask(copy)
    worker.beat()
    clock.jump(-3600)

    # When
    harbour.pass_seconds(10, worker, other)

    # Then
    assert harbour.state("a") == "PENDING"


def test_a_doubt_of_a_forgotten_task_is_forgotten(
    ledger: Ledger, harbour: Harbour, worker: Worker, clock: Clock
) -> None:
    # Given what retention left behind
    server = ledger.connection.redis
    server.zadd(f"{PREFIX}:doubt", {"ghost|worker01.1": clock.us})
    server.sadd(f"{PREFIX}:doubt:worker01", "ghost|worker01.1")
    worker.beat()

    # When
    judged = harbour.pass_seconds(2, worker)
    judged = harbour.pass_seconds(6, worker)

    # Then
    assert judged.released == 0
    assert worker.beat().doubted == []


def test_the_doubts_of_a_worker_that_leaves_go_with_it(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harbour.started("a")
    other.ask(copy)
    worker.beat()
    worker.succeed("a")

    # When
    ledger.runs.leave(worker.id)

    # Then
    assert not ledger.connection.redis.exists(f"{PREFIX}:doubt", f"{PREFIX}:doubt:worker01")
