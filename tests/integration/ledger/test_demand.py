"""Demand: what waits for a worker now, and what runs."""

from longshore_ledger import Ledger
from longshore_ledger.records import Outcome
from tests.integration.ledger.actors import Harness, Relay, Worker


def test_a_ledger_that_never_saw_a_task_wants_nobody(ledger: Ledger) -> None:
    assert ledger.demand.by_queue() == {}


def test_a_task_is_wanted_from_its_submission_to_its_end(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a task, and one of another queue
    harness.submit("a")
    harness.submit("b", queue="r")
    seen = [ledger.demand.by_queue()]

    # When it is claimed, published, started and ended
    copies = relay.claim()
    seen.append(ledger.demand.by_queue())
    relay.confirm(copies)
    seen.append(ledger.demand.by_queue())
    worker.start(*copies)
    seen.append(ledger.demand.by_queue())
    worker.succeed("a")

    # Then
    assert seen == [{"q": 1, "r": 1}] * 4
    assert ledger.demand.by_queue() == {"q": 0, "r": 1}


def test_what_is_not_due_yet_wants_nobody(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given a task that failed, and is to be tried again in a while
    harness.submit("a", retries=3, backoff=60.0)
    worker.start(*harness.relay.publish())
    worker.finish("a", Outcome.FAILURE, b'{"type":"E","message":"","traceback":""}')
    assert harness.state("a") == "RETRY"

    # When / Then
    assert ledger.demand.by_queue() == {"q": 0}


def test_a_paused_queue_wants_those_who_run_only(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given a task that runs, one in the broker and one that waits
    harness.submit("a")
    worker.start(*relay.publish())
    harness.submit("b")
    relay.publish()
    harness.submit("c")
    assert ledger.demand.by_queue() == {"q": 3}

    # When
    ledger.control.pause("q")

    # Then
    assert ledger.demand.by_queue() == {"q": 1}


def test_the_copy_of_a_cancelled_task_wants_nobody(harness: Harness, ledger: Ledger) -> None:
    # Given a task whose copy is in the broker
    harness.queued("a")

    # When
    ledger.control.cancel(["a"])

    # Then
    assert ledger.demand.by_queue() == {"q": 0}
