"""Batches are forgotten whole, when they are over."""

import pytest

from longshore.errors import OutputChanged
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from longshore_ledger.records import Claimed
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import open_file, run_file

DAY = 86_400


def _finish_batch(harness: Harness, copies: list[Claimed]) -> None:
    for copy in copies:
        harness.worker.start(copy)
        harness.worker.finish_lines(copy.id, b"=2")


def test_a_batch_is_forgotten_with_all_its_chunks(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 3, size=1)
    _finish_batch(harness, relay.publish())
    open_file(ledger, "open")
    clock.advance(8 * DAY)
    run_file(ledger, "young", ["1 1"])
    _finish_batch(harness, relay.publish())

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 3
    assert ledger.batches.get("b") is None
    assert [batch.id for batch in ledger.batches.page().items] == ["young", "open"]
    left = {key.decode().removeprefix(PREFIX) for key in ledger.connection.redis.keys(f"{PREFIX}:*")}
    assert not [key for key in left if ":b." in key or key.endswith(":b:b")]
    assert ledger.views.page(batch="b").items == []


def test_a_long_batch_is_forgotten_at_one_stroke_for_those_who_look(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 1100, size=1)
    ledger.batches.cancel("b")
    while ledger.maintenance.walk_batches():
        pass
    clock.advance(8 * DAY)

    # When retention looks at its chunks, and then forgets them, in turns
    answers = []
    seen = []
    for _ in range(5):
        answers.append(ledger.connection.run("retire_batch", "b", clock.us, 500))
        seen.append(ledger.batches.get("b"))

    # Then it is whole until it is gone
    assert answers == [[0, 1], [0, 1], [500, 1], [500, 1], [100, 0]]
    assert [batch and (batch.state, batch.total) for batch in seen] == [("REVOKED", 1100)] * 2 + [None] * 3
    assert ledger.views.counts()["q"]["REVOKED"] == 0
    assert not ledger.connection.redis.keys(f"{PREFIX}:gone*")
    assert ledger.connection.redis.zcard(f"{PREFIX}:batches") == 0


def test_a_batch_half_forgotten_makes_room_for_a_new_one_of_its_id(ledger: Ledger, clock: Clock) -> None:
    # Given
    run_file(ledger, "b", ["1 1"] * 1600, size=1)
    ledger.batches.cancel("b")
    while ledger.maintenance.walk_batches():
        pass
    clock.advance(8 * DAY)
    for _ in range(4):
        ledger.connection.run("retire_batch", "b", clock.us, 500)

    # When
    run_file(ledger, "b", ["2 2"])

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.total) == ("RUNNING", 1)
    assert ledger.views.counts()["q"]["REVOKED"] == 0


def test_nobodys_output_is_empty(ledger: Ledger) -> None:
    assert (list(ledger.batches.output("nobody")), ledger.batches.version("nobody")) == ([], None)


def test_a_batch_that_is_read_is_kept_until_it_was_read(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given a reader in the middle of a long file, and retention that would take it at once
    run_file(ledger, "b", ["1 1"] * 100, size=1)
    _finish_batch(harness, relay.publish())
    lines = ledger.batches.output("b")
    next(lines)
    clock.advance(1)

    # When
    ledger.connection.run("retire_batch", "b", clock.us, 500)

    # Then
    assert len(list(lines)) == 99
    clock.advance(121)
    ledger.connection.run("retire_batch", "b", clock.us, 500)
    assert ledger.batches.get("b") is None


def test_what_is_forgotten_while_it_is_read_does_not_look_whole(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given a reader that stands still for too long
    run_file(ledger, "b", ["1 1"] * 100, size=1)
    _finish_batch(harness, relay.publish())
    lines = ledger.batches.output("b")
    next(lines)
    clock.advance(121)

    # When
    ledger.connection.run("retire_batch", "b", clock.us, 500)

    # Then
    with pytest.raises(OutputChanged):
        list(lines)


def test_a_batch_that_ended_a_moment_ago_is_kept(
    harness: Harness, ledger: Ledger, relay: Relay, clock: Clock
) -> None:
    # Given a file of a week ago, that ran today
    run_file(ledger, "b", ["1 1"])
    clock.advance(8 * DAY)
    _finish_batch(harness, relay.publish())
    clock.advance(60)

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert (forgotten, ledger.batches.get("b") is None) == (0, False)


def test_a_batch_that_is_not_over_is_kept(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
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
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 0
    assert {batch.id for batch in ledger.batches.page().items} == {"running", "walked", "held", "copied"}


def test_a_batch_that_retention_has_looked_at_can_still_be_corrected(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given a batch of which retention has looked at the first chunks
    run_file(ledger, "b", ["x", "y", "z"], size=1)
    for copy in relay.publish():
        worker.start(copy)
        worker.finish_lines(copy.id, b"!no")
    clock.advance(8 * DAY)
    ledger.connection.run("retire_batch", "b", clock.us, 2)

    # When
    again = ledger.batches.retry_failed("b")
    clock.advance(8 * DAY)
    forgotten = ledger.maintenance.retire()

    # Then
    assert (again, forgotten) == (3, 0)
    assert [line.number for line in ledger.batches.output("b")] == [1, 2, 3]


def test_a_name_in_a_cell_that_means_nothing_does_no_harm(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given what no script leaves behind
    harness.finished("a")
    clock.advance(8 * DAY)
    ledger.connection.redis.zadd(f"{PREFIX}:c:SUCCESS:q:add", {"ghost": 1})

    # When
    forgotten = ledger.maintenance.retire()

    # Then
    assert forgotten == 1
    ledger.connection.redis.zrem(f"{PREFIX}:c:SUCCESS:q:add", "ghost")
