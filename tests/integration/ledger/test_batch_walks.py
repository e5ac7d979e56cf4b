"""Batches whose chunks are many: walks, pages and outputs in parts."""

import msgspec
import pytest

from longshore.errors import BatchClosed
from longshore_ledger import Ledger
from longshore_ledger.records import CancelAnswer
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.files import chunks_of, open_file, output, run_file, run_lines


def test_an_empty_file_is_done_at_once(ledger: Ledger) -> None:
    # When
    run_file(ledger, "b", [])

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.total) == ("DONE", 0)
    assert output(ledger, "b") == []


def test_a_long_file_is_made_ready_in_walks(harness: Harness, ledger: Ledger, relay: Relay) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(1200)], size=1)
    first = ledger.outbox.backlog()

    # When
    walks = []
    while visited := ledger.maintenance.walk_batches(limit=300):
        walks.append(visited)

    # Then
    assert first == {"q": 500}
    assert walks == [300, 300, 100]
    assert ledger.outbox.backlog() == {"q": 1200}


def test_chunks_that_ran_before_the_walk_came_are_not_run_again(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(600)], size=1)
    run_lines(worker, relay.publish())

    # When
    ledger.maintenance.walk_batches()

    # Then
    assert ledger.outbox.backlog() == {"q": 100}
    run_lines(worker, relay.publish())
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.state == "DONE"


def test_many_walks_are_gone_on_with(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given two long files, and an upload that stops before its first chunk
    for id in ("a", "b"):
        run_file(ledger, id, [f"{n} 1" for n in range(550)], size=1)

    # When
    visited = [
        ledger.maintenance.walk_batches(),
        ledger.maintenance.walk_batches(),
        ledger.maintenance.walk_batches(),
    ]

    # Then
    assert visited == [50, 50, 0]


def test_closing_again_changes_nothing(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])

    # When the answer was lost
    ledger.batches.close("b")
    run_lines(worker, relay.publish())
    ledger.batches.close("b")

    # Then
    assert output(ledger, "b") == ["1 value ok"]


def test_a_batch_that_is_not_there_is_not_closed(ledger: Ledger) -> None:
    # When
    with pytest.raises(BatchClosed):
        ledger.batches.close("nobody")

    # Then
    assert ledger.batches.get("nobody") is None
    assert list(ledger.batches.output("nobody")) == []
    assert ledger.batches.cancel("nobody") is CancelAnswer.UNKNOWN
    assert ledger.batches.retry_failed("nobody") == 0


def test_batches_are_paged_the_newest_first(ledger: Ledger) -> None:
    # Given
    for id in "abcde":
        open_file(ledger, id)

    # When
    pages = [ledger.batches.page(limit=2)]
    while pages[-1].next:
        pages.append(ledger.batches.page(pages[-1].next, limit=2))

    # Then
    assert ["".join(batch.id for batch in page.items) for page in pages] == ["ed", "cb", "a"]
    assert pages[0].items[0].state == "OPEN"


def test_a_long_output_is_read_in_parts(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", [f"{n} 1" for n in range(150)], size=1)
    run_lines(worker, relay.publish())

    # When
    numbers = [line.number for line in ledger.batches.output("b")]

    # Then
    assert numbers == list(range(1, 151))


def test_more_chunks_than_a_script_takes_are_added_in_slices(
    harness: Harness, ledger: Ledger, relay: Relay
) -> None:
    # Given
    open_file(ledger, "b")

    # When
    ledger.batches.add("b", 0, chunks_of([f"{n} 1" for n in range(1100)], 1))
    ledger.batches.close("b")

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.total == 1100
    assert harness.task("b.1099").args == msgspec.Raw(b'{"first":1100,"lines":["1099 1"]}')


def test_counters_tell_of_chunks(harness: Harness, ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])

    # When
    run_lines(worker, relay.publish())

    # Then
    assert {name: n for (name, _, _), n in ledger.metrics.counters().items()} == {
        "submitted": 1,
        "succeeded": 1,
    }
    assert ledger.metrics.histograms()["run", "q"] == {2: 1}


def test_thousands_of_lines_are_recorded_in_one_commit(ledger: Ledger, relay: Relay, worker: Worker) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 5000, size=5000)
    worker.start(*relay.publish())

    # When
    worker.finish_lines("b.0", *[b"=2"] * 5000)

    # Then
    assert sum(line.text == "2" for line in ledger.batches.output("b")) == 5000
