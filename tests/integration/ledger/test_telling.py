"""Events, counters, histograms: what the ledger tells of what went on in it."""

from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_every_state_is_an_event(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    empty = ledger.events.last_id()
    harness.started("a", retries=1, backoff=0.0)
    worker.fail("a")
    harness.deliver(worker)
    worker.succeed("a")

    # When
    events = ledger.events.read(empty)

    # Then
    assert empty == "0"
    assert [(event.task_id, event.queue, event.task) for event in events] == [("a", "q", "add")] * 7
    states = "PENDING QUEUED STARTED RETRY QUEUED STARTED SUCCESS"
    assert [event.state for event in events] == states.split()


def test_events_are_read_on_behind_the_last_one(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a", "b", "c")

    # When
    first = ledger.events.read("0", count=2)
    rest = ledger.events.read(first[-1].id)

    # Then
    assert [event.task_id for event in first + rest] == ["a", "b", "c"]
    assert ledger.events.last_id() == rest[-1].id
    assert ledger.events.read(rest[-1].id, block=0.01) == []
    assert ledger.events.read("$", block=0.01) == []


def test_taking_from_a_dead_worker_is_an_event(harness: Harness, ledger: Ledger, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)
    behind = ledger.events.last_id()

    # When
    other.ask(copy)

    # Then
    assert [event.state for event in ledger.events.read(behind)] == ["PENDING"]


def test_old_events_are_forgotten(harness: Harness, ledger: Ledger) -> None:
    # When
    for n in range(24):
        ids = [f"{n}-{m}" for m in range(500)]
        harness.submit(*ids)

    # Then
    assert 10_000 <= ledger.connection.redis.xlen(f"{PREFIX}:events") < 10_500


def test_counters_count_what_happened(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    harness.finished("succeeded")
    harness.started("failed", retries=1, backoff=0.0)
    worker.fail("failed")
    harness.deliver(worker)
    worker.fail("failed")
    harness.submit("revoked")
    ledger.control.cancel(["revoked"])
    ledger.control.retry(["revoked"])
    ledger.control.cancel(["revoked"])
    harness.started("released")
    worker.release("released")
    ledger.control.pause("q")
    ledger.control.resume("q")
    copy = harness.started("died")
    other.ask(copy)
    worker.release("died", "crash", crash=True)
    ledger.control.cancel(["died"])
    harness.queued("lost")
    clock.advance(20)
    ledger.maintenance.republish("q", older_than=10.0)

    # When
    counters = ledger.metrics.counters()

    # Then
    assert {(queue, task) for _, queue, task in counters} == {("q", "add")}
    assert {name: n for (name, _, _), n in counters.items()} == {
        "submitted": 6,
        "succeeded": 1,
        "failed": 1,
        "retried": 1,
        "revoked": 3,
        "retried by hand": 1,
        "released": 1,
        "dropped": 1,
        "crashes": 1,
        "republished": 2,
    }


def test_what_was_given_back_and_doubted_counts_as_released(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harness.started("doubted")
    other.ask(copy)
    worker.beat()
    harness.pass_seconds(2, worker)
    (paused,) = [copy for copy in harness.relay.publish() if copy.id == "doubted"]
    ledger.control.pause("q")

    # When
    worker.ask(paused)

    # Then
    assert ledger.metrics.counters()["released", "q", "add"] == 2


def test_an_empty_ledger_has_nothing_to_tell(ledger: Ledger) -> None:
    # Then
    assert ledger.metrics.counters() == {}
    assert ledger.metrics.histograms() == {}
    assert ledger.metrics.parked() == 0
    assert ledger.events.read("0") == []


def test_a_take_over_counts_as_a_crash(harness: Harness, ledger: Ledger, other: Worker) -> None:
    # Given
    copy = harness.started("a")
    harness.pass_seconds(2, other)
    harness.clock.advance(1.4)

    # When
    other.ask(copy)

    # Then
    assert ledger.metrics.counters()["crashes", "q", "add"] == 1
