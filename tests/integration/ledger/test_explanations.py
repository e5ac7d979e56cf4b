"""Explanations: a task that is stuck can say why."""

from longshore.ledger import Ledger
from longshore.ledger.shapes import Explanation
from tests.integration.ledger.actors import Harbour, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import chunks_of, open_file, run_file


def _explain(ledger: Ledger, id: str) -> Explanation:
    found = ledger.explanations.explain(id)
    assert found
    return found


def test_what_is_not_there_is_not_explained(ledger: Ledger) -> None:
    # Then
    assert ledger.explanations.explain("nobody") is None


def test_ends_are_explained(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.finished("done")
    harbour.failed("failed")
    harbour.submit("cancelled")
    ledger.control.cancel(["cancelled"], by="ann")
    run_file(ledger, "b", ["1 1"])
    ledger.batches.cancel("b")

    # Then
    assert _explain(ledger, "done").reason == "It is done."
    assert _explain(ledger, "failed").reason == "It failed: ValueError: no"
    assert _explain(ledger, "cancelled").reason == "It was cancelled by ann."
    assert _explain(ledger, "b.0").reason == "It was cancelled by its batch."


def test_a_pause_is_the_first_reason(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.submit("a", delay=60.0)

    # When
    ledger.control.pause("q", by="ann")

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.reason == "Its queue q is paused since 2026-11-21T08:00:00.000Z by ann."
    assert explanation.advice == "Resume it: longshore queues resume q"
    assert explanation.facts == {"queue": "q", "outstanding": 0, "workers": 0}


def test_a_chunk_waits_for_its_upload(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1"], 1))

    # Then
    assert _explain(ledger, "b.0").reason == "The upload of its batch has not ended."


def test_a_time_is_waited_for(harbour: Harbour, ledger: Ledger, worker: Worker, clock: Clock) -> None:
    # Given
    harbour.submit("later", delay=60.0)
    harbour.started("again", retries=1, backoff=10.0)
    worker.fail("again")
    clock.advance(30)

    # Then
    assert _explain(ledger, "later").reason == "It waits for its time, in 30.0 s."
    assert _explain(ledger, "again").reason == "It waits for its next attempt, in 0.0 s."


def test_a_broker_may_be_away(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.submit("a")

    # When
    ledger.upkeep.record_broker({}, away="connection refused")

    # Then
    assert _explain(ledger, "a").reason == "The broker is away: connection refused."
    assert ledger.upkeep.broker()[""]["away"] == "connection refused"
    ledger.upkeep.record_broker({"q": {"ready": 0}})
    explanation = _explain(ledger, "a")
    assert explanation.reason == "No worker serves its queue q."
    assert explanation.facts["broker"]["ready"] == 0


def test_a_queue_may_have_no_worker(harbour: Harbour, ledger: Ledger, worker: Worker) -> None:
    # Given a worker of another queue
    harbour.submit("a")
    worker.beat(queues=["r"])

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.reason == "No worker serves its queue q."
    assert explanation.advice == "Start one: longshore worker -Q q"


def test_a_task_says_how_far_it_is_on_its_way(
    harbour: Harbour, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    worker.beat(queues=["q"])
    harbour.submit("first", "second")
    reasons = [_explain(ledger, "second").reason]

    # When
    copies = relay.claim()
    reasons.append(_explain(ledger, "second").reason)
    relay.confirm(copies)
    reasons.append(_explain(ledger, "second").reason)
    worker.start(*copies)
    reasons.append(_explain(ledger, "second").reason)

    # Then
    assert reasons == [
        "1 ready tasks of its queue go before it.",
        "The scheduler is publishing it.",
        "It is in the broker; workers are busy with what was before it.",
        "It runs on worker worker01 since 2026-11-21T08:00:00.000Z.",
    ]


def test_a_task_that_was_given_back_says_why(harbour: Harbour, ledger: Ledger, worker: Worker) -> None:
    # Given
    worker.beat(queues=["q"])
    (copy,) = harbour.queued("a")

    # When
    worker.refuse(copy, "unknown task")

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.facts["released"] == "unknown task"
    assert explanation.facts["ahead"] == 0


def test_a_running_task_may_have_been_asked_to_stop(harbour: Harbour, ledger: Ledger) -> None:
    # Given
    harbour.started("a")

    # When
    ledger.control.cancel(["a"], by="ann")

    # Then
    assert _explain(ledger, "a").reason == "It runs and was asked to stop by ann."


def test_a_running_task_may_have_lost_its_worker(harbour: Harbour, ledger: Ledger, clock: Clock) -> None:
    # Given
    harbour.started("a")

    # When
    clock.advance(10)

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.reason == "Its worker worker01 has not been heard of."
    assert explanation.facts["deliveries"] == 1


def test_a_task_may_be_about_to_be_made_ready(harbour: Harbour, ledger: Ledger, worker: Worker) -> None:
    # Given a chunk that the walk over its batch has not reached
    worker.beat(queues=["q"])
    run_file(ledger, "b", ["1 1"] * 501, size=1)

    # Then
    assert _explain(ledger, "b.500").reason == "It is about to be made ready."
