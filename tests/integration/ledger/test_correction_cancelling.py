"""Corrections that are cancelled, told again, or stand beside the tasks of others."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import CancelAnswer
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import chunks_of, open_file, output, run_file


def _run(ledger: Ledger, relay: Relay, worker: Worker, *chunks: list[bytes]) -> None:
    for copy, lines in zip(relay.publish(), chunks, strict=True):
        worker.start(copy)
        worker.finish_lines(copy.id, *lines)


def test_a_revoked_batch_is_not_corrected(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["x", "1 1"])
    _run(ledger, relay, worker, [b"!x"])
    ledger.batches.cancel("b")

    # When
    again = ledger.batches.retry_failed("b")

    # Then
    assert again == 0
    assert output(ledger, "b") == ["1 error x", "2 missing not run"]


def test_lines_whose_correction_is_cancelled_keep_their_reasons(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["x", "y", "z"])
    _run(ledger, relay, worker, [b"!x", b"!y", b"!z"])
    ledger.batches.retry_failed("b")
    _run(ledger, relay, worker, [b"=X"])

    # When
    answer = ledger.batches.cancel("b")

    # Then
    assert answer is CancelAnswer.REVOKED
    assert harness.state("b.1") == "REVOKED"
    assert output(ledger, "b") == ["1 value X", "2 error y", "3 error z"]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("DONE", 3, 2)
    assert ledger.batches.retry_failed("b") == 2


def test_a_correction_cancelled_while_it_runs_is_over_when_its_worker_has_stopped(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["x", "y"], size=1)
    _run(ledger, relay, worker, [b"!x"], [b"!y"])
    ledger.batches.retry_failed("b")
    copy, _ = relay.publish()
    worker.start(copy)

    # When
    ledger.batches.cancel("b", "ada")
    meanwhile = ledger.batches.get("b"), ledger.batches.retry_failed("b")
    worker.finish_lines(copy.id, b"=X")

    # Then
    assert meanwhile[0] is not None
    assert (meanwhile[0].state, meanwhile[0].revoked, meanwhile[1]) == ("RUNNING", "cancelled by ada", 0)
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed, batch.revoked) == ("DONE", 2, 1, None)
    assert output(ledger, "b") == ["1 value X", "2 error y"]


def test_a_correction_told_again_is_one(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given a correction whose answer was lost, and which was cancelled meanwhile
    run_file(ledger, "b", ["x"])
    _run(ledger, relay, worker, [b"!x"])
    asked: list[str | bytes] = ["b", "entropy", "b.0", "[0]", b'{"first":1,"lines":["x"]}']
    first = ledger.connection.run("batch_correct", *asked)
    ledger.batches.cancel("b")

    # When the client library asks again
    again = ledger.connection.run("batch_correct", *asked)

    # Then
    assert (first, again) == (1, 1)
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.failed) == ("DONE", 1)


def test_corrections_of_a_file_that_still_runs_are_cancelled_with_it(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["x", "1 1"], size=1)
    failed, _ = relay.publish()
    worker.start(failed)
    worker.finish_lines("b.0", b"!x")
    ledger.batches.retry_failed("b")

    # When
    ledger.batches.cancel("b")

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("REVOKED", 1, 1)
    assert output(ledger, "b") == ["1 error x", "2 missing not run"]


def test_anybodys_task_does_not_stand_in_the_way_of_a_correction(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a task from before such names were the chunks' alone
    run_file(ledger, "b", ["x"])
    _run(ledger, relay, worker, [b"!x"])
    harness.submit("b.1")

    # When
    again = ledger.batches.retry_failed("b")
    ledger.batches.cancel("b")

    # Then
    assert again == 1
    assert (harness.task("b.1").batch, harness.state("b.1")) == (None, "PENDING")
    assert harness.state("b.2") == "REVOKED"
    assert output(ledger, "b") == ["1 error x"]


def test_anybodys_task_is_not_forgotten_with_a_batch(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given a batch that passed over somebody's task
    run_file(ledger, "b", ["x"])
    _run(ledger, relay, worker, [b"!x"])
    harness.submit("b.1")
    ledger.batches.retry_failed("b")
    ledger.batches.cancel("b")
    clock.advance(8 * 86_400)

    # When
    ledger.maintenance.retire()

    # Then
    assert ledger.batches.get("b") is None
    assert harness.state("b.1") == "PENDING"


def test_an_upload_that_was_abandoned_is_not_corrected(ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["x"], 1))
    ledger.batches.abandon("b")
    ledger.connection.redis.rpush(f"{PREFIX}:o:b.0", "!x")

    # When
    again = ledger.connection.run("batch_correct", "b", "entropy", "b.0", "[0]", b"{}")

    # Then
    assert again == 0
    ledger.connection.redis.delete(f"{PREFIX}:o:b.0")
