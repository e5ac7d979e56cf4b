"""Crashes in a chunk: it goes line by line, and the line that kills is to blame."""

from longshore_ledger import Ledger
from longshore_ledger.records import Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.files import output, run_file


def test_a_chunk_goes_line_by_line_after_a_crash(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(harness.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    before = worker.start(copy)[0].alone

    # When
    worker.release("b.0", "crash", crash=True)

    # Then
    assert (before, harness.deliver(other)[0].alone) == (False, True)


def test_a_chunk_taken_over_goes_line_by_line(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    worker.beat()
    run_file(harness.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    worker.start(copy)
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)

    # When
    assert other.ask(copy)[0].verdict is Verdict.DROP
    (answer,) = harness.deliver(other)

    # Then
    assert (answer.verdict, answer.alone, answer.offset) == (Verdict.RUN, True, 0)


def test_a_line_that_kills_each_time_is_that_lines_error(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "kill", "3 3"])
    (copy,) = relay.publish()
    worker.start(copy)
    worker.finish_lines("b.0", b"=2")

    # When
    for _ in range(5):
        assert harness.deliver(worker)[0].offset == 1
        worker.release("b.0", "crash", crash=True)
    assert harness.deliver(worker)[0].offset == 2
    worker.release("b.0", "crash", crash=True)  # The next line has five crashes of its own.
    assert harness.deliver(worker)[0].offset == 2
    worker.finish_lines("b.0", b"=6")

    # Then
    assert output(ledger, "b") == [
        "1 value 2",
        "2 error its worker died 5 times while running it; the last time crash",
        "3 value 6",
    ]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("DONE", 3, 1)


def test_a_line_that_kills_after_others_is_blamed_at_once(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a slice of which two lines ended before the third killed
    run_file(ledger, "b", ["a", "b", "kill", "d"])
    harness.deliver(worker)
    worker.finish_lines("b.0", b"=1", b"=2", crash=True)

    # When it kills four times more
    alone = [harness.deliver(worker)[0].alone]
    for _ in range(4):
        worker.release("b.0", "crash", crash=True)
        alone.append(harness.deliver(worker)[0].alone)

    # Then the fifth crash was its last
    assert alone == [True] * 5
    assert output(ledger, "b")[:3] == [
        "1 value 1",
        "2 value 2",
        "3 error its worker died 5 times while running it; the last time crash",
    ]
    assert ledger.metrics.counters()["crashes", "q", "add"] == 5


def test_crashes_are_counted_by_the_line(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a chunk in which two lines kill four times each
    run_file(ledger, "b", ["a", "b"])

    # When
    for line in (b"=1", b"=2"):
        for _ in range(4):
            harness.deliver(worker)
            worker.release("b.0", "crash", crash=True)
        harness.deliver(worker)
        worker.finish_lines("b.0", line)

    # Then
    assert output(ledger, "b") == ["1 value 1", "2 value 2"]
    assert ledger.metrics.counters()["crashes", "q", "add"] == 8


def test_the_last_line_may_be_the_one_that_kills(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["kill"])
    for _ in range(4):
        harness.deliver(worker)
        worker.release("b.0", "crash", crash=True)
    worker.beat()
    harness.deliver(worker)

    # When the whole worker dies of it
    harness.pass_seconds(4, other)

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.failed, harness.state("b.0")) == ("DONE", 1, "SUCCESS")
    assert worker.finish_lines("b.0", b"=1") is False
