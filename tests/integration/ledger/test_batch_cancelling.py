"""Batches that are cancelled: nothing more of them runs, and what ran is recorded."""

from longshore_ledger import Ledger
from longshore_ledger.records import CancelAnswer, Verdict
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import output, run_file, run_lines


def test_a_cancelled_batch_runs_no_more(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given chunks in every place
    run_file(ledger, "b", [f"{n} 1" for n in range(12)], size=2)
    done, running, queued = relay.publish(limit=3)
    (claimed,) = relay.claim(limit=1)
    (delayed,) = relay.publish(limit=1)
    run_lines(worker, [done])
    worker.start(running)
    worker.refuse(delayed, delay=1.0)

    # When
    answer = ledger.batches.cancel("b")

    # Then
    assert answer is CancelAnswer.REVOKED
    assert [harness.state(f"b.{n}") for n in range(6)] == ["SUCCESS", "STARTED"] + ["REVOKED"] * 4
    assert relay.claim() == []
    clock.advance(2)
    assert ledger.outbox.move_due() == 0
    assert other.ask(queued)[0].verdict is Verdict.DROP
    assert relay.confirm([claimed]) == 0
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done, batch.finished_at) == ("REVOKED", 2, "2026-11-21T08:00:00.000Z")
    assert worker.beat().cancelled == ["b.1"]


def test_lines_that_ran_when_the_batch_was_cancelled_are_recorded(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1", "2 2"])
    worker.start(*relay.publish())
    ledger.batches.cancel("b")
    assert worker.beat().cancelled == ["b.0"]

    # When
    recorded = worker.finish_lines("b.0", b"=2")

    # Then
    assert recorded is True
    assert harness.state("b.0") == "REVOKED"
    assert output(ledger, "b") == ["1 value 2", "2 missing not run"]
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done) == ("REVOKED", 1)
    assert worker.beat().cancelled == []


def test_a_batch_stays_revoked_though_its_last_line_came(
    ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    run_file(ledger, "b", ["1 1"])
    worker.start(*relay.publish())
    ledger.batches.cancel("b")

    # When
    worker.finish_lines("b.0", b"=2")

    # Then
    batch = ledger.batches.get("b")
    assert batch is not None
    assert (batch.state, batch.done) == ("REVOKED", 1)


def test_chunks_are_not_started_before_the_walk_revokes_them(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker
) -> None:
    # Given a long file, cancelled while chunks behind the first walk were in the broker, running, and drained
    run_file(ledger, "b", [f"{n} 1" for n in range(510 * 2)], size=2)
    ledger.maintenance.walk_batches()
    relay.publish()
    behind = relay.publish()
    assert [copy.id for copy in behind] == [f"b.{n}" for n in range(500, 510)]
    worker.beat()
    worker.start(*behind[1:5])
    ledger.batches.cancel("b")

    # When
    verdict = other.ask(behind[0])[0].verdict
    other.refuse(behind[5])
    worker.release(behind[1].id)
    worker.release(behind[2].id, "crash", crash=True)
    worker.finish_lines(behind[3].id, b"=1")
    harness.pass_seconds(4, other)

    # Then none of them goes on
    assert verdict is Verdict.DROP
    assert [harness.state(copy.id) for copy in behind[:6]] == ["REVOKED"] * 6
    assert harness.state(behind[6].id) == "QUEUED"
    assert ledger.maintenance.walk_batches() == 10
    assert harness.state(behind[6].id) == "REVOKED"


def test_a_copy_faster_than_its_confirm_is_revoked_with_its_batch(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a chunk that the walk has not reached, claimed and not confirmed
    run_file(ledger, "b", [f"{n} 1" for n in range(510)], size=1)
    ledger.maintenance.walk_batches()
    relay.publish()
    behind = relay.claim()
    ledger.batches.cancel("b")

    # When
    worker.ask(*behind)
    confirmed = relay.confirm(behind)

    # Then
    assert confirmed == 0
    assert {harness.state(copy.id) for copy in behind} == {"REVOKED"}


def test_cancelling_again_or_too_late_changes_nothing(
    ledger: Ledger, relay: Relay, worker: Worker, clock: Clock
) -> None:
    # Given
    run_file(ledger, "a", ["1 1"])
    run_file(ledger, "b", ["1 1"])
    ledger.batches.cancel("a")
    run_lines(worker, relay.publish())
    clock.advance(1)

    # When
    answers = ledger.batches.cancel("a"), ledger.batches.cancel("b")

    # Then
    assert answers == (CancelAnswer.REVOKED, CancelAnswer.FINISHED)
    cancelled = ledger.batches.get("a")
    assert cancelled is not None
    assert cancelled.finished_at == "2026-11-21T08:00:00.000Z"
