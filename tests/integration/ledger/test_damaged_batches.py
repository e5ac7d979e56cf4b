"""A damaged chunk holds up no other of its file, a damaged batch no other batch."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import CancelAnswer, RetryAnswer
from tests.integration.ledger.actors import Harness, Relay
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.damage import go_on
from tests.integration.ledger.files import open_file, run_file


def test_a_damaged_chunk_holds_up_no_other_of_its_file(
    harness: Harness, ledger: Ledger, relay: Relay
) -> None:
    # Given
    server = ledger.connection.redis
    key = f"{PREFIX}:t:f.1"
    run_file(ledger, "g", ["9"])
    ledger.batches.cancel("g")
    run_file(ledger, "f", ["1", "2", "3"], size=1)
    task = server.hget(key, "n")
    server.hdel(key, "n")

    # When
    go_on(harness)

    # Then
    assert ledger.maintenance.damaged() == {"f.1": "field n (task) is missing"}
    assert [line.kind for line in ledger.batches.output("f")] == ["value", "missing", "value"]

    # When
    server.hset(key, "n", task)
    ledger.maintenance.recheck_damaged()
    go_on(harness)

    # Then
    assert [line.kind for line in ledger.batches.output("f")] == ["value"] * 3


def test_a_damaged_chunk_holds_up_no_walk(harness: Harness, ledger: Ledger) -> None:
    # Given
    server = ledger.connection.redis
    run_file(ledger, "f", ["1", "2", "3"], size=1)
    server.hset(f"{PREFIX}:t:f.1", "st", "LOST")

    # When
    ledger.batches.cancel("f")

    # Then
    assert [harness.state(f"f.{n}") for n in (0, 2)] == ["REVOKED"] * 2
    assert list(ledger.maintenance.damaged()) == ["f.1"]


def test_a_damaged_batch_holds_up_no_other(harness: Harness, ledger: Ledger) -> None:
    # Given two batches that are to be walked, and the record of one was damaged
    server = ledger.connection.redis
    for id in "fg":
        run_file(ledger, id, ["1", "2", "3"], size=1)
        server.sadd(f"{PREFIX}:walks", id)
    walked = server.hget(f"{PREFIX}:b:f", "walk")
    server.hset(f"{PREFIX}:b:f", "walk", "many")

    # When
    for _ in range(5):
        ledger.maintenance.walk_batches()

    # Then
    assert server.smembers(f"{PREFIX}:walks") == set()
    assert ledger.maintenance.damaged() == {"batch f": "field walk is no number"}

    # When it is repaired
    server.hset(f"{PREFIX}:b:f", "walk", walked)
    ledger.maintenance.recheck_damaged()

    # Then it is walked on
    assert server.smembers(f"{PREFIX}:walks") == {b"f"}
    assert ledger.maintenance.damaged() == {}
    go_on(harness)
    assert [line.kind for line in ledger.batches.output("f")] == ["value"] * 3


def test_an_upload_whose_record_was_repaired_goes_on(ledger: Ledger, clock: Clock) -> None:
    # Given
    server, key = ledger.connection.redis, f"{PREFIX}:b:f"
    open_file(ledger, "f")
    copy = server.dump(key)
    server.set(key, "no batch")

    # When it has stopped
    clock.advance(3600)
    ledger.maintenance.walk_batches()

    # Then
    assert list(ledger.maintenance.damaged()) == ["batch f"]

    # When
    server.restore(key, 0, copy, replace=True)
    ledger.maintenance.recheck_damaged()

    # Then it is watched like any other
    assert ledger.maintenance.damaged() == {}
    assert server.zscore(f"{PREFIX}:uploads", "f") is not None
    ledger.batches.close("f")


def test_a_file_with_damaged_chunks_is_forgotten(ledger: Ledger, relay: Relay, clock: Clock) -> None:
    # Given
    run_file(ledger, "f", ["1", "2", "3"], size=1)
    ledger.connection.redis.hset(f"{PREFIX}:t:f.1", "st", "LOST")
    ledger.batches.cancel("f")
    assert relay.publish() == []
    clock.advance(8 * 86_400)

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 3
    assert ledger.maintenance.recheck_damaged() == 0


def test_a_damaged_chunk_is_cancelled_with_its_batch(ledger: Ledger) -> None:
    # Given
    run_file(ledger, "f", ["1"])
    ledger.connection.redis.delete(f"{PREFIX}:t:f.0")
    ledger.connection.redis.set(f"{PREFIX}:t:f.0", "no record")

    # Then
    assert ledger.control.cancel(["f.0"]) == [CancelAnswer.IN_BATCH]
    assert ledger.control.retry(["f.0"]) == [RetryAnswer.IN_BATCH]
