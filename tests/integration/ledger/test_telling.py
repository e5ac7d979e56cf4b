"""Events, counters, histograms: what the ledger tells of what went on in it."""

from longshore.ledger import Ledger
from longshore.ledger.connection import PREFIX
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock


def test_every_state_is_an_event(harbour: Harbour, ledger: Ledger, worker: Worker) -> None:
    # Given
    empty = ledger.events.last_id()
    harbour.started("a", retries=1, backoff=0.0)
    worker.fail("a")
    harbour.deliver(worker)
    worker.succeed("a")

    # When
    events = ledger.events.read(empty)

    # Then
    assert empty == "0"
    assert [(event.task_id, event.queue, event.task) for event in events] == [("a", "q", "add")] * 7
    states = "PENDING QUEUED STARTED RETRY QUEUED STARTED SUCCESS"
    assert [event.state for event in events] == states.split()


def test_events_are_read_on_behind_the_last_one(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.submit("a", "b", "c")

    # When
    first = ledger.events.read("0", count=2)
    rest = ledger.events.read(first[-1].id)

    # Then
    assert [event.task_id for event in first + rest] == ["a", "b", "c"]
    assert ledger.events.last_id() == rest[-1].id
    assert ledger.events.read(rest[-1].id, block=0.01) == []
    assert ledger.events.read("$", block=0.01) == []


def test_a_take_over_is_an_event(harbour: Harbour, ledger: Ledger, other: Worker) -> None:
    # Given
    copy = harbour.started("a")
    harbour.pass_seconds(2, other)
    harbour.clock.advance(1.4)
    behind = ledger.events.last_id()

    # When
    other.ask(copy)

    # Then
    assert [event.state for event in ledger.events.read(behind)] == ["STARTED"]


def test_old_events_are_forgotten(harbour: Harbour, ledger: Ledger) -> None:
    # When
    for n in range(24):
        ids = [f"{n}-{m}" for m in range(500)]
        harbour.submit(*ids)

    # Then
    assert 10_000 <= ledger.connection.redis.xlen(f"{PREFIX}:events") < 10_500


def test_counters_count_what_happened(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker, other: Worker, clock: Clock
) -> None:
    # Given
    harbour.finished("succeeded")
    harbour.started("failed", retries=1, backoff=0.0)
    worker.fail("failed")
    harbour.deliver(worker)
    worker.fail("failed")
    harbour.submit("revoked")
    ledger.control.cancel(["revoked"])
    ledger.control.retry(["revoked"])
    ledger.control.cancel(["revoked"])
    harbour.started("released")
    worker.release("released")
    ledger.control.pause("q")
    ledger.control.resume("q")
    copy = harbour.started("died")
    other.ask(copy)
    worker.release("died", "death", death=True)
    ledger.control.cancel(["died"])
    harbour.queued("lost")
    clock.advance(20)
    ledger.upkeep.republish("q", older_than=10.0)

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
        "deaths": 1,
        "republished": 2,
    }


def test_what_was_given_back_and_doubted_counts_as_released(
    harbour: Harbour, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    copy = harbour.started("doubted")
    other.ask(copy)
    worker.beat()
    harbour.pass_seconds(2, worker)
    (paused,) = [copy for copy in harbour.relay.publish() if copy.id == "doubted"]
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


def test_a_take_over_counts_as_a_death(harbour: Harbour, ledger: Ledger, other: Worker) -> None:
    # Given
    copy = harbour.started("a")
    harbour.pass_seconds(2, other)
    harbour.clock.advance(1.4)

    # When
    other.ask(copy)

    # Then
    assert ledger.metrics.counters()["deaths", "q", "add"] == 1
