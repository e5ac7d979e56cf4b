"""Batches: chunks run some lines at a time, and every line is counted once."""

import msgspec
import pytest

from longshore_ledger import Ledger
from longshore_ledger.records import Admission, Chunk, Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import open_file, output, run_file


def test_a_file_runs_when_its_upload_has_ended(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    admission = open_file(ledger, "b", filename="numbers.txt", timeout=5.0, priority=7)
    ledger.batches.add("b", 0, [Chunk(1, ["1 2", "3 4"])])
    ledger.batches.add("b", 1, [Chunk(3, ["5 6"])])
    before = relay.claim()

    # When
    ledger.batches.close("b")

    # Then
    assert (admission, before) == (Admission.NEW, [])
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.total, batch.done, batch.failed) == ("RUNNING", 3, 0, 0)
    assert (batch.filename, batch.priority, batch.finished_at) == ("numbers.txt", 7, None)
    first, second = relay.claim()
    assert (first.id, first.chunk, first.timeout, first.priority) == ("b.0", True, 5.0, 7)
    assert msgspec.json.decode(second.args) == {"first": 3, "lines": ["5 6"]}


def test_the_header_and_how_often_a_line_is_tried_again_go_with_each_chunk(
    ledger: Ledger, relay: Relay
) -> None:
    # Given
    open_file(ledger, "b", format="csv", header=["a", "b"])
    ledger.batches.add("b", 0, [Chunk(2, ["1,2"])], ["a", "b"], retries=3)
    ledger.batches.close("b")

    # When
    (copy,) = relay.claim()

    # Then
    assert msgspec.json.decode(copy.args) == {
        "first": 2,
        "lines": ["1,2"],
        "header": ["a", "b"],
        "retries": 3,
    }


def test_a_batch_ends_with_its_last_line(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    run_file(ledger, "b", ["1 2", "x", "", "3 4"], size=2)
    first, second = relay.publish()
    worker.start(first, second)

    # When
    worker.finish_lines("b.1", b"", b"=7")
    halfway = ledger.batches.get("b"), output(ledger, "b")
    clock.advance(1)
    worker.finish_lines("b.0", b"=3", b"!expected 2 values")

    # Then
    assert halfway[0] is not None
    assert (halfway[0].state, halfway[0].done) == ("RUNNING", 2)
    assert halfway[1] == ["1 missing not run", "2 missing not run", "3 blank", "4 value 7"]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.failed) == ("DONE", 4, 1)
    assert batch.finished_at == "2026-11-21T08:00:01.000Z"
    assert output(ledger, "b") == ["1 value 3", "2 error expected 2 values", "3 blank", "4 value 7"]
    assert [line.number for line in ledger.batches.errors("b")] == [2]
    assert [harness.state(id) for id in ("b.0", "b.1")] == ["SUCCESS", "SUCCESS"]


def test_a_chunk_goes_on_where_it_stopped(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(harness.ledger, "b", ["1 1", "2 2", "3 3"])
    (copy,) = relay.publish()
    offsets = [worker.start(copy)[0].offset]

    # When it runs a line, and the rest is put back
    worker.finish_lines("b.0", b"=2")
    state = harness.state("b.0")
    (rest,) = relay.publish()
    offsets.append(other.start(rest)[0].offset)
    other.finish_lines("b.0", b"=4", b"=6")

    # Then
    assert (offsets, state) == ([0, 1], "PENDING")
    assert rest.run != copy.run
    assert output(harness.ledger, "b") == ["1 value 2", "2 value 4", "3 value 6"]
    assert harness.task("b.0").deliveries == 2


def test_a_second_copy_of_a_slice_is_dropped(
    harness: Harness, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    run_file(harness.ledger, "b", ["1 1", "2 2"])
    (copy,) = relay.publish()
    worker.start(copy)
    worker.finish_lines("b.0", b"=2")

    # When
    answer = other.ask(copy)[0]

    # Then
    assert answer.verdict is Verdict.DROP
    assert harness.state("b.0") == "PENDING"


def test_lines_told_again_are_counted_once(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "2 2"])
    worker.start(*relay.publish())
    worker.finish_lines("b.0", b"=2")

    # When the answer was lost
    again = worker.finish_lines("b.0", b"=2")

    # Then
    assert again is True
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.done == 1


def test_late_lines_of_another_token_are_refused(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given
    worker.beat()
    run_file(ledger, "b", ["1 1", "2 2"])
    worker.start(*relay.publish())
    harness.pass_seconds(4, other)
    harness.deliver(other)

    # When
    late = worker.finish_lines("b.0", b"=2")
    from longshore_ledger.records import FinishLines

    unknown = ledger.runs.finish_lines([FinishLines("nobody", "worker01.1", [b"=1"], 0, 1)])

    # Then
    assert (late, unknown) == (False, [False])
    assert ledger.metrics.counters()["fenced", "q", "add"] == 1
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.done == 0


def test_a_slice_of_nothing_is_put_back(harness: Harness, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(harness.ledger, "b", ["1 1"])
    worker.start(*relay.publish())

    # When
    recorded = worker.finish_lines("b.0")

    # Then
    assert recorded is True
    assert harness.state("b.0") == "PENDING"
    assert harness.ledger.batches.line_seconds("add") is None


def test_the_lines_of_several_chunks_go_in_one_commit(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "2 2", "3 3"], size=2)
    worker.start(*relay.publish())

    # When
    from longshore_ledger.records import FinishLines

    answers = ledger.runs.finish_lines(
        [
            FinishLines("b.0", worker.tokens["b.0"], [b"=2", b"=4"], 0, 10),
            FinishLines("b.1", worker.tokens["b.1"], [b"=6"], 0, 10),
        ]
    )

    # Then
    assert answers == [True, True]
    assert output(ledger, "b") == ["1 value 2", "2 value 4", "3 value 6"]


def test_the_time_that_a_line_takes_is_measured(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(20)], size=10)
    first, second = relay.publish()
    worker.start(first, second)

    # When
    worker.finish_lines("b.0", *[b"=1"] * 10, runtime_us=100_000)
    measured = ledger.batches.line_seconds("add")
    worker.finish_lines("b.1", *[b"=1"] * 10, runtime_us=200_000)

    # Then later lines weigh a fifth
    assert measured == pytest.approx(0.01)
    assert ledger.batches.line_seconds("add") == pytest.approx(0.012)
    assert ledger.batches.line_seconds("sub") is None
