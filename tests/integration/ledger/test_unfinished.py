"""How many unfinished tasks a key has, and may have."""

from longshore_ledger import Ledger
from longshore_ledger.connection import MOST_ITEMS, PREFIX
from longshore_ledger.records import Admission, NewBatch, RetryAnswer, Submitter, payload_digest
from tests.integration.ledger.actors import Harness, Relay, Worker, new_task
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import chunks_of, run_lines

ANN, BOB = Submitter("ann"), Submitter("bob")


def _submit(ledger: Ledger, by: Submitter, *ids: str) -> list[str]:
    return [answer.name for answer in ledger.intake.submit([new_task(id) for id in ids], by)]


def _open(ledger: Ledger, id: str, by: Submitter) -> str:
    return ledger.batches.open(NewBatch(id, "add", "q", payload_digest(b"file")), by).name


def _unfinished(ledger: Ledger) -> dict[str, int]:
    found = ledger.connection.redis.hgetall(f"{PREFIX}:unfinished")
    return {name.decode(): int(count) for name, count in found.items()}


def test_unfinished_tasks_are_counted_for_the_key_that_submitted_them(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    worker.beat()
    _submit(ledger, ANN, "a", "b", "c")
    _submit(ledger, BOB, "d")
    counts = [_unfinished(ledger)]

    # When
    worker.start(*relay.publish())
    counts.append(_unfinished(ledger))
    worker.succeed("a")
    worker.fail("b")
    ledger.control.cancel(["d"])
    counts.append(ledger.keys.unfinished(["ann", "bob", "carl"]))
    worker.stop("d")
    worker.succeed("c")
    counts.append(_unfinished(ledger))

    # Then the keys that have none are not there
    assert counts == [{"ann": 3, "bob": 1}, {"ann": 3, "bob": 1}, {"ann": 1, "bob": 1, "carl": 0}, {}]
    assert [harness.task(id).submitted_by for id in "abd"] == ["ann", "ann", "bob"]


def test_where_no_key_is_asked_for_nothing_is_counted(harness: Harness, ledger: Ledger) -> None:
    # When
    harness.submit("a")

    # Then
    assert _unfinished(ledger) == {}
    assert not ledger.connection.redis.hexists(f"{PREFIX}:t:a", "by")
    assert harness.task("a").submitted_by is None


def test_beyond_its_bound_nothing_new_is_taken_of_a_key(ledger: Ledger) -> None:
    # Given
    ann = Submitter("ann", most=2)
    _submit(ledger, ann, "a")

    # When
    answers = _submit(ledger, ann, "b", "c", "a")

    # Then what is known is known, and others may go on
    assert answers == ["NEW", "TOO_MANY", "REPEATED"]
    assert ledger.views.task("c") is None
    assert ledger.intake.submit_one(new_task("c"), ann) == (Admission.TOO_MANY, None)
    assert _submit(ledger, Submitter("bob", most=2), "d") == ["NEW"]

    # And when one has ended, another one is taken
    ledger.control.cancel(["b"])
    assert _submit(ledger, ann, "c", "e") == ["NEW", "TOO_MANY"]


def test_without_a_bound_any_number_is_taken(ledger: Ledger) -> None:
    assert _submit(ledger, ANN, "a", "b", "c") == ["NEW"] * 3


def test_what_is_retried_by_hand_is_counted_again_and_never_refused(harness: Harness, ledger: Ledger) -> None:
    # Given
    ann = Submitter("ann", most=1)
    _submit(ledger, ann, "a")
    ledger.control.cancel(["a"])
    _submit(ledger, ann, "b")

    # When
    answers = ledger.control.retry(["a"])

    # Then
    assert answers == [RetryAnswer.PENDING]
    assert _unfinished(ledger) == {"ann": 2}


def test_chunks_are_counted_for_the_key_that_uploaded_the_file(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    worker.beat()
    _submit(ledger, ANN, "a")
    _open(ledger, "file", ANN)
    ledger.batches.add("file", 0, chunks_of(["1", "2", "3"], 1))
    counts = [_unfinished(ledger)]

    # When
    ledger.batches.close("file")
    run_lines(worker, [copy for copy in relay.publish() if copy.chunk])
    counts.append(_unfinished(ledger))

    # Then
    assert counts == [{"ann": 4}, {"ann": 1}]
    assert harness.task("file.0").submitted_by == "ann"
    batch = ledger.batches.get("file")
    assert batch is not None
    assert batch.submitted_by == "ann"

    # And a batch that is forgotten takes nothing of it along
    ledger.connection.run("retire_batch", "file", clock.us + 1, 500)
    assert ledger.batches.get("file") is None
    assert _unfinished(ledger) == {"ann": 1}


def test_corrections_are_counted_for_the_key_that_uploaded_the_file(
    ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    worker.beat()
    _open(ledger, "file", ANN)
    ledger.batches.add("file", 0, chunks_of(["1", "2"], 1))
    ledger.batches.close("file")
    run_lines(worker, relay.publish(), "!no")

    # When an operator has them run again
    ledger.batches.retry_failed("file")

    # Then
    assert _unfinished(ledger) == {"ann": 2}


def test_at_its_bound_a_key_begins_no_upload(ledger: Ledger) -> None:
    # Given
    ann = Submitter("ann", most=1)
    _submit(ledger, ann, "a")

    # When
    answer = _open(ledger, "file", ann)

    # Then
    assert answer == "TOO_MANY"
    assert ledger.batches.get("file") is None
    assert _open(ledger, "file", BOB) == "NEW"


def test_an_upload_that_has_begun_goes_on_beyond_the_bound(ledger: Ledger) -> None:
    # Given
    ann = Submitter("ann", most=1)
    _open(ledger, "file", ann)

    # When
    ledger.batches.add("file", 0, chunks_of(["1", "2", "3"], 1))
    ledger.batches.close("file")

    # Then
    assert _unfinished(ledger) == {"ann": 3}
    assert _open(ledger, "file", ann) == "REPEATED"
    assert _open(ledger, "other", ann) == "TOO_MANY"


def test_an_upload_that_has_begun_is_taken_over_at_the_bound(ledger: Ledger) -> None:
    # Given
    ann = Submitter("ann", most=2)
    _open(ledger, "file", ann)
    ledger.batches.add("file", 0, chunks_of(["1", "2", "3"], 1))

    # When its connection broke unnoticed, and it is sent again
    answer = _open(ledger, "file", ann)

    # Then
    assert answer == "NEW"
    assert _unfinished(ledger) == {}


def test_a_long_upload_that_has_begun_is_taken_over_at_the_bound(ledger: Ledger) -> None:
    # Given one whose chunks take more than one step to forget
    ann = Submitter("ann", most=2)
    _submit(ledger, Submitter("ann"), "a", "b", "c")
    _open(ledger, "file", Submitter("ann"))
    ledger.batches.add("file", 0, chunks_of(["1"] * (MOST_ITEMS + 1), 1))

    # When
    answer = _open(ledger, "file", ann)

    # Then
    assert answer == "NEW"
    assert _unfinished(ledger) == {"ann": 3}


def test_an_upload_that_was_given_up_is_counted_no_more(ledger: Ledger) -> None:
    # Given
    ann = Submitter("ann", most=2)
    _open(ledger, "file", ann)
    ledger.batches.add("file", 0, chunks_of(["1", "2"], 1))

    # When
    ledger.batches.abandon("file")

    # Then it can begin anew, unless the key is at its bound by then
    assert _unfinished(ledger) == {}
    _submit(ledger, ann, "a", "b")
    assert _open(ledger, "file", ann) == "TOO_MANY"
    ledger.control.cancel(["a"])
    assert _open(ledger, "file", ann) == "NEW"
