"""Blame: a worker that was only out of reach takes back what its tasks were blamed for."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker


def test_a_worker_that_comes_back_takes_its_blame_back(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a task that was taken from a worker which nobody heard of for a while
    harness.started("a")
    harness.pass_seconds(4, other)
    assert harness.task("a").crashes == 1

    # When
    worker.beat()

    # Then
    assert harness.task("a").crashes == 0
    assert not other.ask(*relay.publish())[0].suspect
    worker.beat()
    assert harness.task("a").crashes == 0


def test_a_worker_that_comes_back_takes_back_no_more_than_its_blame(
    harness: Harness, worker: Worker, other: Worker
) -> None:
    # Given a task that has killed a child, and was taken with another one from a worker
    harness.started("a")
    worker.release("a", "crash", crash=True)
    harness.deliver(worker)
    harness.started("b")
    harness.pass_seconds(4, other)

    # When
    worker.beat()

    # Then
    assert harness.task("a").crashes == 1


def test_a_worker_that_came_back_and_dies_alone_is_blamed(
    harness: Harness, worker: Worker, other: Worker
) -> None:
    # Given a worker that was out of reach with two tasks
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    worker.beat()

    # When it dies with one
    harness.started("c")
    harness.pass_seconds(4, other)

    # Then
    assert harness.task("c").crashes == 1


def test_short_partitions_do_not_fail_a_long_task(harness: Harness, worker: Worker, other: Worker) -> None:
    # Given
    harness.started("a")
    holder, spare = worker, other

    # When its worker is out of reach for a moment, again and again
    for _ in range(7):
        harness.pass_seconds(4, spare)
        (answer,) = harness.deliver(spare)
        assert answer.verdict is Verdict.RUN
        holder.beat()
        holder, spare = spare, holder

    # Then
    assert harness.task("a").crashes == 0
    assert holder.succeed("a") is True


def test_a_crash_of_another_run_is_not_taken_back(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given a task that was retried by hand since
    harness.started("a")
    harness.pass_seconds(4, other)
    ledger.control.cancel(["a"])
    ledger.control.retry(["a"])
    harness.deliver(other)
    other.release("a", "crash", crash=True)

    # When
    worker.beat()

    # Then
    assert harness.task("a").crashes == 1


def test_a_worker_that_comes_back_may_have_been_blamed_for_what_is_forgotten(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given what retention left behind
    harness.started("a")
    harness.pass_seconds(4, other)
    ledger.connection.redis.sadd(f"{PREFIX}:blamed:worker01", "ghost|1|1")

    # When
    worker.beat()

    # Then
    assert harness.task("a").crashes == 0
    assert not ledger.connection.redis.exists(f"{PREFIX}:blamed:worker01", f"{PREFIX}:t:ghost")
