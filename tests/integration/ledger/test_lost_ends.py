"""Tasks that the ledger says a worker runs, and that the worker does not know: their ends were lost."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.integration.ledger.actors import Harness, Relay, Worker


def test_a_worker_hears_what_it_runs_as_far_as_the_ledger_knows(harness: Harness, worker: Worker) -> None:
    # Given
    harness.started("a")
    harness.started("b")
    harness.finished("c")

    # When
    heard = worker.beat().running

    # Then
    assert sorted(heard) == ["a", "b"]


def test_of_thousands_that_it_runs_a_worker_hears_a_few_hundred(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harness.started("a")
    ghosts = [f"ghost{n}" for n in range(3000)]
    ledger.connection.redis.sadd(f"{PREFIX}:run:{worker.id}", *ghosts)

    # When
    heard = worker.beat().running

    # Then
    assert len(set(heard)) == 500
    ledger.runs.doubt(worker.id, ghosts)
    assert worker.beat().running == ["a"]


def test_a_task_whose_worker_does_not_know_it_runs_again_without_blame(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a task whose FINISH the ledger has lost
    copy = harness.started("a")
    harness.started("b")

    # When
    doubted = ledger.runs.doubt(worker.id, ["a"])
    reaped = harness.pass_seconds(4, worker, other)

    # Then
    assert (doubted, reaped.released, reaped.crashes) == (1, 1, 0)
    assert (harness.state("a"), harness.state("b")) == ("PENDING", "STARTED")
    assert relay.claim() == [copy]


def test_a_cancelled_task_that_its_worker_does_not_know_is_revoked(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    harness.started("a")
    ledger.control.cancel(["a"])

    # When
    ledger.runs.doubt(worker.id, ["a"])
    harness.pass_seconds(4, worker)

    # Then
    assert harness.state("a") == "REVOKED"
    assert worker.beat().cancelled == []


def test_nobody_doubts_the_tasks_of_others_or_what_has_ended(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a", other)
    harness.finished("b")
    ledger.connection.redis.sadd(f"{PREFIX}:run:{worker.id}", "b", "nothing")

    # When
    doubted = ledger.runs.doubt(worker.id, ["a", "b", "nothing"])

    # Then: what was nobody's is not told again
    assert doubted == 0
    assert other.beat().doubted == []
    assert worker.beat().running == []


def test_a_task_started_again_meanwhile_is_confirmed(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a worker that did not know a task in one moment and runs it in the next
    harness.started("a")
    worker.release("a")
    worker.start(*relay.publish())

    # When
    ledger.runs.doubt(worker.id, ["a"])
    assert worker.beat().doubted == ["a"]
    worker.confirm_running("a")
    reaped = harness.pass_seconds(4, worker)

    # Then
    assert reaped.released == 0
    assert worker.succeed("a") is True
