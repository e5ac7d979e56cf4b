"""Uploads: what comes in twice, what breaks off, what stops."""

import pytest

from longshore.errors import BatchClosed
from longshore.ledger import Ledger
from longshore.ledger.records import Admission, CancelAnswer, Chunk, NewBatch
from tests.integration.ledger.actors import Harbour, Relay
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import chunks_of, open_file


def _state(ledger: Ledger, id: str) -> str:
    batch = ledger.batches.get(id)
    return str(batch.state) if batch else "gone"


def test_a_batch_is_opened_once(ledger: Ledger) -> None:
    # Given
    first = open_file(ledger, "b")

    # When
    again = open_file(ledger, "b")
    other = ledger.batches.open(NewBatch("b", "add", "q", b"another!"))

    # Then
    assert (first, again, other) == (Admission.NEW, Admission.REPEATED, Admission.CONFLICT)


def test_an_opening_told_again_is_still_new(ledger: Ledger) -> None:
    # When the answer was lost, and the client library asked again
    asked: list[str | int] = ["b", "digest", 60_000_000, "entropy", "n", "add", "q", "q", "p", 4]
    answers = [ledger.connection.run("batch_open", *asked) for _ in range(2)]

    # Then
    assert answers == [Admission.NEW] * 2


def test_chunks_sent_again_are_recorded_once(ledger: Ledger, relay: Relay) -> None:
    # Given
    open_file(ledger, "b")
    chunks = chunks_of(["1 1", "2 2", "3 3"], 1)
    ledger.batches.add("b", 0, chunks)

    # When the answer was lost
    ledger.batches.add("b", 1, chunks[1:])
    ledger.batches.close("b")

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.total == 3
    assert [copy.id for copy in relay.claim()] == ["b.0", "b.1", "b.2"]


def test_other_chunks_of_the_same_numbers_are_refused(ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1", "2 2"], 1))

    # When another upload of the same id comes in, cut otherwise
    with pytest.raises(BatchClosed):
        ledger.batches.add("b", 1, [Chunk(2, ["2 2", "3 3"]), Chunk(4, ["4 4"])])

    # Then nothing of it is there
    batch = ledger.batches.get("b")
    assert batch is not None
    assert batch.total == 2


def test_anybodys_task_is_not_taken_for_a_chunk(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.submit("b.1", args=b'{"first":2,"lines":["2 2"]}')
    open_file(ledger, "b")

    # When
    with pytest.raises(BatchClosed):
        ledger.batches.add("b", 0, chunks_of(["1 1", "2 2"], 1))

    # Then
    assert harbour.task("b.1").batch is None
    ledger.batches.cancel("b")
    assert harbour.state("b.1") == "PENDING"


def test_an_upload_that_stops_is_given_up(
    harbour: Harbour, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1", "2 2"], 1))
    clock.advance(59)
    early = ledger.upkeep.walk_batches(), _state(ledger, "b")

    # When
    clock.advance(1)
    visited = ledger.upkeep.walk_batches()

    # Then
    assert early == (0, "OPEN")
    assert (visited, _state(ledger, "b")) == (2, "REVOKED")
    assert [harbour.state(id) for id in ("b.0", "b.1")] == ["REVOKED", "REVOKED"]
    assert relay.claim() == []
    with pytest.raises(BatchClosed):
        ledger.batches.add("b", 2, chunks_of(["3 3"], 1))
    with pytest.raises(BatchClosed):
        ledger.batches.close("b")


def test_each_piece_gives_an_upload_more_time(ledger: Ledger, clock: Clock) -> None:
    # Given
    open_file(ledger, "b")

    # When a slow one sends lines, then only says that it is there
    clock.advance(50)
    ledger.batches.add("b", 0, chunks_of(["1 1"], 1))
    clock.advance(50)
    ledger.batches.add("b", 1, [])
    clock.advance(50)
    ledger.upkeep.walk_batches()

    # Then
    assert _state(ledger, "b") == "OPEN"
    ledger.batches.close("b")
    clock.advance(50)
    ledger.upkeep.walk_batches()
    assert _state(ledger, "b") == "RUNNING"


def test_uploads_that_never_sent_a_line_are_given_up(ledger: Ledger, clock: Clock) -> None:
    # Given some, and one that did; the walks are taken in no order, so this is done several times
    visited = []
    for round_ in range(8):
        for n in range(4):
            open_file(ledger, f"{round_}-{n}")
        ledger.batches.add(f"{round_}-3", 0, chunks_of(["1 1"], 1))
        clock.advance(61)

        # When
        visited.append(
            (ledger.upkeep.walk_batches(), _state(ledger, f"{round_}-0"), _state(ledger, f"{round_}-3"))
        )
        while ledger.upkeep.walk_batches():
            pass

    # Then the empty ones do not end a round before its time
    assert visited == [(1, "REVOKED", "REVOKED")] * 8


def test_an_upload_that_breaks_off_is_abandoned(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1"], 1))

    # When
    ledger.batches.abandon("b")

    # Then
    assert (_state(ledger, "b"), harbour.state("b.0")) == ("REVOKED", "REVOKED")
    assert ledger.batches.cancel("b") is CancelAnswer.REVOKED


def test_a_long_upload_is_abandoned_in_walks(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1"] * 700, 1))

    # When
    ledger.batches.abandon("b")
    before = ledger.views.counts()["q"]["REVOKED"]
    visited = ledger.upkeep.walk_batches()

    # Then
    assert (before, visited) == (500, 200)
    assert ledger.views.counts()["q"]["REVOKED"] == 700
