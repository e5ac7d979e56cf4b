"""Uploads: what comes in twice, what breaks off, what stops."""

import pytest

from longshore.errors import BatchClosed
from longshore_ledger import Ledger
from longshore_ledger.records import Admission, CancelAnswer, Chunk, NewBatch, payload_digest
from tests.integration.ledger.actors import Harness, Relay
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import chunks_of, open_file, run_file


def _state(ledger: Ledger, id: str) -> str:
    batch = ledger.batches.get(id)
    return str(batch.state) if batch else "gone"


def test_a_batch_is_opened_once(ledger: Ledger) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])

    # When
    again = open_file(ledger, "b")
    other = ledger.batches.open(NewBatch("b", "add", "q", b"another!"))

    # Then
    assert (again, other) == (Admission.REPEATED, Admission.CONFLICT)
    assert _state(ledger, "b") == "RUNNING"


def test_an_opening_told_again_is_still_new(ledger: Ledger) -> None:
    # When the answer was lost, and the client library asked again
    asked: list[str | int] = ["b", "digest", 60_000_000, "token", 500, "", 0, "n", "add", "q", "q", "p", 4]
    answers = [ledger.connection.run("batch_open", *asked) for _ in range(2)]

    # Then
    assert answers == [Admission.NEW] * 2


def test_an_opening_told_again_is_not_taken_over_from_itself(ledger: Ledger) -> None:
    # Given
    batch = NewBatch("b", "add", "q", b"d")
    ledger.batches.open(batch)
    ledger.batches.add("b", 0, chunks_of(["1 1"], 1), upload=batch.upload)

    # When the answer comes late, and the client library has asked again
    ledger.batches.open(batch)

    # Then what came since is there
    assert ledger.views.counts()["q"]["PENDING"] == 1


def test_an_opening_told_again_after_a_cancel_is_cancelled(ledger: Ledger) -> None:
    # Given
    batch = NewBatch("b", "add", "q", b"d")
    ledger.batches.open(batch)
    ledger.batches.cancel("b")

    # When
    again = ledger.batches.open(batch)

    # Then
    assert again is Admission.CANCELLED


def test_an_upload_that_broke_off_begins_anew_under_its_id(
    harness: Harness, ledger: Ledger, relay: Relay
) -> None:
    # Given one of many chunks, given up; the scheduler has not been there
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1"] * 1100, 1))
    ledger.batches.abandon("b")

    # When another file comes, shorter and cut otherwise
    again = ledger.batches.open(NewBatch("b", "add", "q", b"another!"))
    ledger.batches.add("b", 0, chunks_of(["2 2", "3 3"], 2))
    ledger.maintenance.walk_batches()
    ledger.batches.close("b")

    # Then nothing is left of the first
    assert again is Admission.NEW
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.total, batch.revoked) == ("RUNNING", 2, None)
    assert [copy.id for copy in relay.claim()] == ["b.0"]
    assert [batch.id for batch in ledger.batches.page().items] == ["b"]
    assert sum(ledger.views.counts()["q"].values()) == 1


def test_a_file_sent_twice_at_once_is_taken_from_whoever_asked_last(ledger: Ledger, relay: Relay) -> None:
    # Given an upload whose connection may be dead
    first, second = (NewBatch("b", "add", "q", payload_digest(b"file")) for _ in range(2))
    ledger.batches.open(first)
    ledger.batches.add("b", 0, chunks_of(["1 1"] * 3, 1), upload=first.upload)

    # When
    taken = ledger.batches.open(second)
    foreign = ledger.batches.open(NewBatch("b", "add", "q", b"another!"))

    # Then the first is told, and can do no harm
    assert (taken, foreign) == (Admission.NEW, Admission.CONFLICT)
    with pytest.raises(BatchClosed):
        ledger.batches.add("b", 3, chunks_of(["1 1"], 1), upload=first.upload)
    with pytest.raises(BatchClosed):
        ledger.batches.close("b", upload=first.upload)
    assert ledger.batches.abandon("b", upload=first.upload) is False
    ledger.batches.add("b", 0, chunks_of(["1 1"] * 2, 1), upload=second.upload)
    ledger.batches.close("b", upload=second.upload, digest=b"whole")
    assert (_state(ledger, "b"), ledger.batches.digest("b")) == ("RUNNING", b"whole")
    assert [copy.id for copy in relay.claim()] == ["b.0", "b.1"]


def test_a_file_that_was_closed_is_not_abandoned(ledger: Ledger) -> None:
    # Given an upload that did not hear that its file was closed
    run_file(ledger, "b", ["1 1"])

    # When
    given_up = ledger.batches.abandon("b")

    # Then
    assert (given_up, _state(ledger, "b")) == (False, "RUNNING")


def test_a_cancelled_file_is_not_begun_again(ledger: Ledger) -> None:
    # Given one cancelled while it came, one cancelled later
    open_file(ledger, "open")
    run_file(ledger, "running", ["1 1"])
    for id in ("open", "running"):
        ledger.batches.cancel(id, "ada")

    # When
    answers = [open_file(ledger, id) for id in ("open", "running")]

    # Then
    assert answers == [Admission.CANCELLED] * 2
    batch = ledger.batches.get("open")
    assert batch is not None
    assert batch.revoked == "cancelled by ada"


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


def test_anybodys_task_is_not_taken_for_a_chunk(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("b.1", args=b'{"first":2,"lines":["2 2"]}')
    open_file(ledger, "b")

    # When
    with pytest.raises(BatchClosed):
        ledger.batches.add("b", 0, chunks_of(["1 1", "2 2"], 1))

    # Then
    assert harness.task("b.1").batch is None
    ledger.batches.cancel("b")
    assert harness.state("b.1") == "PENDING"


def test_an_upload_that_stops_is_given_up(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1", "2 2"], 1))
    clock.advance(59)
    early = ledger.maintenance.walk_batches(), _state(ledger, "b")

    # When
    clock.advance(1)
    visited = ledger.maintenance.walk_batches()

    # Then
    assert early == (0, "OPEN")
    assert (visited, _state(ledger, "b")) == (2, "REVOKED")
    assert [harness.state(id) for id in ("b.0", "b.1")] == ["REVOKED", "REVOKED"]
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
    ledger.maintenance.walk_batches()

    # Then
    assert _state(ledger, "b") == "OPEN"
    ledger.batches.close("b")
    clock.advance(50)
    ledger.maintenance.walk_batches()
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
            (ledger.maintenance.walk_batches(), _state(ledger, f"{round_}-0"), _state(ledger, f"{round_}-3"))
        )
        while ledger.maintenance.walk_batches():
            pass

    # Then the empty ones do not end a round before its time
    assert visited == [(1, "REVOKED", "REVOKED")] * 8


def test_an_upload_that_breaks_off_is_abandoned(harness: Harness, ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1"], 1))

    # When
    ledger.batches.abandon("b")

    # Then
    assert (_state(ledger, "b"), harness.state("b.0")) == ("REVOKED", "REVOKED")
    assert ledger.batches.cancel("b") is CancelAnswer.REVOKED


def test_a_long_upload_is_abandoned_in_walks(harness: Harness, ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1"] * 700, 1))

    # When
    ledger.batches.abandon("b")
    before = ledger.views.counts()["q"]["REVOKED"]
    visited = ledger.maintenance.walk_batches()

    # Then
    assert (before, visited) == (500, 200)
    assert ledger.views.counts()["q"]["REVOKED"] == 700
