"""Queues that nobody declares are forgotten when their last task is."""

import pytest

from longshore_examples.arithmetic import add
from longshore_ledger import Ledger
from tests.integration.ledger.actors import QUEUE, Harness, Relay, Worker
from tests.integration.ledger.clock import Clock

DAY = 86_400


def _forget_tasks(ledger: Ledger, clock: Clock) -> None:
    clock.advance(8 * DAY)
    ledger.maintenance.retire()
    ledger.maintenance.reap()


def test_an_empty_queue_is_forgotten_with_all_that_was_counted_there(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given a queue whose tasks are forgotten, and one with a task
    harness.finished("a")
    harness.submit("b", task="divide")
    ledger.control.cancel(["b"])
    ledger.maintenance.record_refusal(QUEUE, "no more queues")
    _forget_tasks(ledger, clock)
    _forget_worker(harness, clock)
    harness.submit("other", queue="kept")

    # When
    retired = ledger.maintenance.retire_queues()

    # Then
    assert retired == [QUEUE]
    assert ledger.views.queue_names() == {"kept"}
    assert {queue for _, queue, _ in ledger.metrics.counters()} == {"kept"}
    assert {queue for _, queue in ledger.metrics.histograms()} == set()
    assert ledger.connection.redis.hkeys("{longshore}:refused") == []
    assert ledger.maintenance.retire_queues() == []


def _forget_worker(harness: Harness, clock: Clock) -> None:
    harness.pass_seconds(60)
    assert harness.ledger.views.workers() == [], clock


@pytest.mark.parametrize("state", ["PENDING", "QUEUED", "STARTED", "SUCCESS", "FAILURE", "REVOKED"])
def test_a_queue_with_a_task_is_kept(harness: Harness, ledger: Ledger, relay: Relay, state: str) -> None:
    # Given
    _a_task_that_is(state, harness, relay)
    assert harness.state("a") == state
    ledger.connection.redis.delete("{longshore}:worker")  # so that nothing else keeps it

    # When / Then
    assert ledger.connection.run("retire_queue", QUEUE) == []
    assert ledger.views.counts()[QUEUE][state] == 1
    harness.worker.beat()


def _a_task_that_is(state: str, harness: Harness, relay: Relay) -> None:
    match state:
        case "SUCCESS":
            harness.finished("a")
        case "FAILURE":
            harness.failed("a")
        case "STARTED":
            harness.started("a")
        case _:
            harness.submit("a")
            if state == "QUEUED":
                relay.publish()
            if state == "REVOKED":
                harness.ledger.control.cancel(["a"])


def test_a_queue_with_a_task_is_kept_also_beside_an_empty_one(harness: Harness, ledger: Ledger) -> None:
    # Given a submission that comes between the look for empty queues and their retirement
    harness.submit("a")

    # When
    retired = ledger.connection.run("retire_queue", "unknown", QUEUE)

    # Then it is not lost
    assert retired == []
    assert ledger.outbox.backlog() == {QUEUE: 1}


def test_a_submission_makes_a_retired_queue_anew(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    harness.submit("a")
    ledger.control.cancel(["a"])
    _forget_tasks(ledger, clock)
    assert ledger.maintenance.retire_queues() == [QUEUE]

    # When
    harness.submit("b")

    # Then
    assert ledger.outbox.backlog() == {QUEUE: 1}
    assert ledger.views.counts()[QUEUE]["PENDING"] == 1
    assert [copy.id for copy in harness.relay.claim()] == ["b"]


def _empty_queue(harness: Harness, name: str = QUEUE) -> None:
    harness.submit("gone", queue=name)
    harness.ledger.control.cancel(["gone"])
    _forget_tasks(harness.ledger, harness.clock)


def test_a_queue_of_the_catalogue_is_kept(harness: Harness, ledger: Ledger) -> None:
    # Given
    _empty_queue(harness, add.spec.queue)
    ledger.catalogue.publish([add.spec])

    # When / Then
    assert ledger.maintenance.retire_queues() == []


def test_a_queue_that_a_worker_serves_is_kept(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    _empty_queue(harness)
    worker.beat(queues=["first", QUEUE])

    # When / Then
    assert ledger.maintenance.retire_queues() == []


def test_a_held_queue_is_kept_until_it_is_not(harness: Harness, ledger: Ledger) -> None:
    # Given
    _empty_queue(harness)
    ledger.control.pause(QUEUE)
    assert ledger.maintenance.retire_queues() == []

    # When
    ledger.control.resume(QUEUE)

    # Then
    assert ledger.maintenance.retire_queues() == [QUEUE]


def test_a_damaged_definition_keeps_nothing_and_stops_nothing(harness: Harness, ledger: Ledger) -> None:
    # Given
    _empty_queue(harness)
    for field, text in (("broken", "{"), ("number", "7"), ("nothing", "null"), ("none", "{}")):
        ledger.connection.redis.hset("{longshore}:catalogue", field, text)

    # When / Then
    assert ledger.maintenance.retire_queues() == [QUEUE]


def test_the_counters_of_a_queue_that_stays_go_on(harness: Harness, ledger: Ledger) -> None:
    # Given
    _empty_queue(harness)
    harness.submit("b", queue="kept")

    # When
    ledger.maintenance.retire_queues()

    # Then
    assert ledger.metrics.counters() == {("submitted", "kept", "add"): 1}


def test_the_broker_has_a_queue_that_the_ledger_forgot(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("b", queue="kept")
    _empty_queue(harness)
    ledger.maintenance.record_broker({QUEUE: {"ready": 0}, "kept": {"ready": 0}})
    assert ledger.maintenance.abandoned_queues() == []

    # When
    ledger.maintenance.retire_queues()

    # Then
    assert ledger.maintenance.abandoned_queues() == [QUEUE]
    ledger.maintenance.forget_broker_of(QUEUE)
    assert ledger.maintenance.abandoned_queues() == []
