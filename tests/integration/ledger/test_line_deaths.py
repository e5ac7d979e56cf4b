"""Deaths in a chunk: it goes line by line, and the line that kills is to blame."""

from longshore.ledger import Ledger
from longshore.ledger.records import Verdict
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.files import output, run_file


def test_a_chunk_goes_line_by_line_after_a_death(
    harbour: Harbour, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(harbour.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    before = worker.start(copy)[0].careful

    # When
    worker.release("b.0", "death", death=True)

    # Then
    assert (before, harbour.deliver(other)[0].careful) == (False, True)


def test_a_chunk_taken_over_goes_line_by_line(
    harbour: Harbour, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    worker.beat()
    run_file(harbour.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    worker.start(copy)
    harbour.pass_seconds(2, other)
    harbour.clock.advance(1.4)

    # When
    answer = other.ask(copy)[0]

    # Then
    assert (answer.verdict, answer.careful, answer.offset) == (Verdict.RUN, True, 0)


def test_a_line_that_kills_each_time_is_that_lines_error(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "kill", "3 3"])
    (copy,) = relay.publish()
    worker.start(copy)
    worker.finish_lines("b.0", b"=2")

    # When
    for _ in range(5):
        assert harbour.deliver(worker)[0].offset == 1
        worker.release("b.0", "death", death=True)
    assert harbour.deliver(worker)[0].offset == 2
    worker.release("b.0", "death", death=True)  # The next line has five deaths of its own.
    assert harbour.deliver(worker)[0].offset == 2
    worker.finish_lines("b.0", b"=6")

    # Then
    assert output(ledger, "b") == [
        "1 value 2",
        "2 error its worker died 5 times while running it",
        "3 value 6",
    ]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("DONE", 3, 1)


def test_a_line_that_kills_after_others_is_blamed_at_once(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a slice of which two lines ended before the third killed
    run_file(ledger, "b", ["a", "b", "kill", "d"])
    harbour.deliver(worker)
    worker.finish_lines("b.0", b"=1", b"=2", death=True)

    # When it kills four times more
    careful = [harbour.deliver(worker)[0].careful]
    for _ in range(4):
        worker.release("b.0", "death", death=True)
        careful.append(harbour.deliver(worker)[0].careful)

    # Then the fifth death was its last
    assert careful == [True] * 5
    assert output(ledger, "b")[:3] == [
        "1 value 1",
        "2 value 2",
        "3 error its worker died 5 times while running it",
    ]
    assert ledger.metrics.counters()["deaths", "q", "add"] == 5


def test_deaths_are_counted_by_the_line(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a chunk in which two lines kill four times each
    run_file(ledger, "b", ["a", "b"])

    # When
    for line in (b"=1", b"=2"):
        for _ in range(4):
            harbour.deliver(worker)
            worker.release("b.0", "death", death=True)
        harbour.deliver(worker)
        worker.finish_lines("b.0", line)

    # Then
    assert output(ledger, "b") == ["1 value 1", "2 value 2"]
    assert ledger.metrics.counters()["deaths", "q", "add"] == 8


def test_the_last_line_may_be_the_one_that_kills(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["kill"])
    for _ in range(4):
        harbour.deliver(worker)
        worker.release("b.0", "death", death=True)
    worker.beat()
    harbour.deliver(worker)

    # When the whole worker dies of it
    harbour.pass_seconds(4, other)

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.failed, harbour.state("b.0")) == ("DONE", 1, "SUCCESS")
    assert worker.finish_lines("b.0", b"=1") is False
