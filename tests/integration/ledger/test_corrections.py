"""Corrections: failed lines run again, and their results take the errors' place."""

import msgspec

from longshore_ledger import Ledger
from longshore_ledger.batches import ChunkArgs
from longshore_ledger.connection import PREFIX
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.files import output, run_file


def _run(ledger: Ledger, relay: Relay, worker: Worker, *chunks: list[bytes]) -> None:
    for copy, lines in zip(relay.publish(), chunks, strict=True):
        worker.start(copy)
        worker.finish_lines(copy.id, *lines)


def test_failed_lines_run_again(harness: Harness, ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "x", "2 2", "y"], size=2, timeout=9.0, priority=7)
    _run(ledger, relay, worker, [b"=2", b"!bad x"], [b"=4", b"!bad y"])

    # When
    again = ledger.batches.retry_failed("b")
    batch = ledger.batches.get("b")
    copies = relay.publish()

    # Then
    assert again == 2
    assert batch is not None
    assert (batch.state, batch.done, batch.failed, batch.finished_at) == ("RUNNING", 2, 0, None)
    assert output(ledger, "b") == ["1 value 2", "2 missing not run", "3 value 4", "4 missing not run"]
    assert [(copy.id, copy.timeout, copy.priority, copy.chunk) for copy in copies] == [
        ("b.2", 9.0, 7, True),
        ("b.3", 9.0, 7, True),
    ]
    assert msgspec.json.decode(copies[1].args, type=ChunkArgs) == ChunkArgs(3, ["y"], None, [4])
    worker.start(*copies)
    worker.finish_lines("b.2", b"=right")
    worker.finish_lines("b.3", b"!bad again")
    ended = ledger.batches.get("b")
    assert ended is not None
    assert (ended.state, ended.done, ended.failed) == ("DONE", 4, 1)
    assert output(ledger, "b") == ["1 value 2", "2 value right", "3 value 4", "4 error bad again"]


def test_corrections_of_a_chunk_go_on_where_they_stopped(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["x", "1 1", "y", "z"])
    _run(ledger, relay, worker, [b"!x", b"=2", b"!y", b"!z"])
    ledger.batches.retry_failed("b")

    # When
    _run(ledger, relay, worker, [b"=X"])
    offset = harness.deliver(worker)[0].offset
    worker.finish_lines("b.1", b"=Y", b"=Z")

    # Then
    assert offset == 1
    assert output(ledger, "b") == ["1 value X", "2 value 2", "3 value Y", "4 value Z"]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("DONE", 4, 0)


def test_corrections_can_be_corrected(harness: Harness, ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["x"])
    _run(ledger, relay, worker, [b"!one"])
    ledger.batches.retry_failed("b")
    _run(ledger, relay, worker, [b"!two"])

    # When
    ledger.batches.retry_failed("b")
    _run(ledger, relay, worker, [b"=three"])

    # Then
    assert output(ledger, "b") == ["1 value three"]


def test_lines_that_are_running_again_are_not_run_twice(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["x", "y"], size=1)
    _run(ledger, relay, worker, [b"!x"], [b"!y"])

    # When asked twice, and once more of what was read before
    answers = [ledger.batches.retry_failed("b"), ledger.batches.retry_failed("b")]
    late = ledger.connection.run("batch_correct", "b", "entropy", "b.0", "[0]", b'{"first":1,"lines":["x"]}')

    # Then
    assert (answers, late) == ([2, 0], 0)
    assert len(relay.claim()) == 2


def test_a_running_batch_is_corrected_as_well(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["x", "1 1"], size=1)
    failed, _ = relay.publish()
    worker.start(failed)
    worker.finish_lines("b.0", b"!x")

    # When
    again = ledger.batches.retry_failed("b")

    # Then
    assert again == 1
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("RUNNING", 0, 0)


def test_a_batch_without_errors_stays_done(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])
    _run(ledger, relay, worker, [b"=2"])

    # When
    again = ledger.batches.retry_failed("b")

    # Then
    assert again == 0
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.finished_at is None) == ("DONE", False)


def test_a_correction_that_kills_is_an_error_again(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "x"])
    _run(ledger, relay, worker, [b"=2", b"!x"])
    ledger.batches.retry_failed("b")

    # When
    for _ in range(5):
        harness.deliver(worker)
        worker.release("b.1", "crash", crash=True)

    # Then
    assert output(ledger, "b") == [
        "1 value 2",
        "2 error its worker died 5 times while running it; the last time crash",
    ]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.failed) == ("DONE", 1)


def test_many_chunks_are_corrected_in_parts(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["x"] * 70, size=1)
    _run(ledger, relay, worker, *[[b"!x"]] * 70)

    # When
    again = ledger.batches.retry_failed("b")

    # Then
    assert again == 70
    assert len(relay.claim()) == 70


def test_a_walk_leaves_corrections_alone(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a long file of which a line failed before the walk was over
    run_file(ledger, "b", ["x"] * 510, size=1)
    (first, *_) = relay.publish()
    worker.start(first)
    worker.finish_lines("b.0", b"!x")
    ledger.batches.retry_failed("b")
    (correction,) = relay.claim()

    # When
    ledger.maintenance.walk_batches()

    # Then it is published once
    assert correction.id == "b.510"
    assert ledger.outbox.backlog() == {"q": 10}


def test_a_batch_that_is_corrected_is_alive(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["x"])
    _run(ledger, relay, worker, [b"!x"])

    # When
    ledger.batches.retry_failed("b")

    # Then
    assert ledger.connection.redis.smembers(f"{PREFIX}:live") == {b"b"}


def test_a_batch_without_errors_stays_done_when_it_is_corrected(
    ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a correction of a line that has not failed
    run_file(ledger, "b", ["1 1"])
    _run(ledger, relay, worker, [b"=2"])

    # When
    again = ledger.connection.run("batch_correct", "b", "entropy", "b.0", "[0]", b"{}")

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (again, batch.state) == (0, "DONE")
