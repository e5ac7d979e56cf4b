"""Draining a worker: it is asked, hears of it with its next beat, and is forgotten when it has gone."""

from longshore_ledger import Ledger
from tests.integration.ledger.actors import Harness, Worker
from tests.integration.ledger.clock import Clock


def test_a_worker_hears_with_each_beat_that_it_is_to_drain(
    ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    assert worker.beat().drain is False
    other.beat()

    # When
    answers = [ledger.control.drain(worker.id, by=by) for by in ("ann", "bob")]

    # Then
    assert answers == [True, True]
    assert [worker.beat().drain for _ in range(2)] == [True, True]
    assert other.beat().drain is False
    assert {view.id: view.draining for view in ledger.views.workers()} == {worker.id: True, other.id: False}


def test_who_does_not_beat_is_not_drained(ledger: Ledger, worker: Worker, clock: Clock) -> None:
    # Given
    worker.beat()
    clock.advance(3.5)

    # Then
    assert ledger.control.drain(worker.id) is False
    assert ledger.control.drain("nobody") is False
    assert worker.beat().drain is False


def test_a_request_to_drain_goes_with_its_worker(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given one that leaves, and one that is lost
    for one in (worker, other):
        one.beat()
        ledger.control.drain(one.id)

    # When
    ledger.runs.leave(worker.id)
    harness.pass_seconds(1)
    harness.clock.advance(601)
    harness.pass_seconds(10)

    # Then
    assert ledger.views.workers() == []
    assert [one.beat().drain for one in (worker, other)] == [False, False]


def test_a_worker_that_drains_by_itself_says_so_and_serves_nothing(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    ledger.maintenance.record_broker({})
    harness.submit("a")
    worker.beat(queues=["q"], draining=True)

    # Then
    assert [(view.draining, view.serves) for view in ledger.views.workers()] == [(True, False)]
    assert [view.workers for view in ledger.views.queues()] == [0]
    explanation = ledger.explanations.explain("a")
    assert explanation is not None
    assert "No worker serves" in explanation.reason


def test_one_that_does_not_hear_of_it_serves_on(ledger: Ledger, worker: Worker) -> None:
    # Given a worker of an earlier version, which goes on
    worker.beat(queues=["q"])
    ledger.control.drain(worker.id)

    # Then
    assert [(view.draining, view.serves) for view in ledger.views.workers()] == [(True, True)]
    assert [view.workers for view in ledger.views.queues()] == [1]
