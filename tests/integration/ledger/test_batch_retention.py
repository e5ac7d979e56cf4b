"""Batches are forgotten whole, when they are over."""

from longshore.ledger import Ledger
from longshore.ledger.connection import PREFIX
from longshore.ledger.records import Claimed
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import open_file, run_file

DAY = 86_400


def _finish_batch(harbour: Harbour, copies: list[Claimed]) -> None:
    for copy in copies:
        harbour.worker.start(copy)
        harbour.worker.finish_lines(copy.id, b"=2")


def test_a_batch_is_forgotten_with_all_its_parts(
    harbour: Harbour, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 3, size=1)
    _finish_batch(harbour, relay.publish())
    open_file(ledger, "open")
    clock.advance(8 * DAY)
    run_file(ledger, "young", ["1 1"])
    _finish_batch(harbour, relay.publish())

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 1
    assert ledger.batches.get("b") is None
    assert [batch.id for batch in ledger.batches.page().items] == ["young", "open"]
    left = {key.decode().removeprefix(PREFIX) for key in ledger.connection.redis.keys(f"{PREFIX}:*")}
    assert not [key for key in left if ":b." in key or key.endswith(":b:b")]
    assert ledger.views.page(batch="b").items == []


def test_a_long_batch_is_forgotten_in_turns(harbour: Harbour, ledger: Ledger, clock: Clock) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 1100, size=1)
    ledger.batches.cancel("b")
    while ledger.upkeep.walk_batches():
        pass
    clock.advance(8 * DAY)

    # When
    answers = [ledger.connection.run("retire_batch", clock.us, 500, 0) for _ in range(4)]

    # Then
    assert answers == [1, 1, 1, -1]
    assert ledger.views.counts()["q"]["REVOKED"] == 0


def test_a_batch_that_is_not_over_is_kept(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given one that runs, one revoked and still walked, one revoked whose line runs, one with a copy out
    run_file(ledger, "running", ["1 1"])
    run_file(ledger, "walked", ["1 1"] * 501, size=1)
    run_file(ledger, "held", ["1 1"])
    run_file(ledger, "copied", ["1 1"])
    ledger.batches.cancel("walked")
    running, held, _ = relay.publish()
    worker.start(running, held)
    ledger.batches.cancel("held")
    ledger.batches.cancel("copied")
    clock.advance(8 * DAY)

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 0
    assert {batch.id for batch in ledger.batches.page().items} == {"running", "walked", "held", "copied"}


def test_a_batch_half_forgotten_can_still_be_corrected(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given a batch of which retention has taken the last parts
    run_file(ledger, "b", ["x", "y", "z"], size=1)
    for copy in relay.publish():
        worker.start(copy)
        worker.finish_lines(copy.id, b"!no")
    clock.advance(8 * DAY)
    ledger.connection.run("retire_batch", clock.us, 2, 0)

    # When
    again = ledger.batches.retry_failed("b")

    # Then corrections are not taken for parts of the file
    assert again == 1
    assert [line.number for line in ledger.batches.output("b")] == [1]
    ledger.connection.redis.delete(f"{PREFIX}:b:b")  # its counters no longer fit its lines
    ledger.connection.redis.delete(*ledger.connection.redis.keys(f"{PREFIX}:*b.*"), f"{PREFIX}:ready:q")
    ledger.connection.redis.delete(*ledger.connection.redis.keys(f"{PREFIX}:c:*:part"))


def test_a_name_in_a_cell_that_means_nothing_does_no_harm(
    harbour: Harbour, ledger: Ledger, clock: Clock
) -> None:
    # Given what no script leaves behind
    harbour.finished("a")
    clock.advance(8 * DAY)
    ledger.connection.redis.zadd(f"{PREFIX}:c:SUCCESS:q:add", {"ghost": 1})

    # When
    forgotten = ledger.upkeep.retire()

    # Then
    assert forgotten == 1
    ledger.connection.redis.zrem(f"{PREFIX}:c:SUCCESS:q:add", "ghost")
