"""Explanations: a task that is stuck can say why."""

import pytest

from longshore.api_types import Explanation
from longshore_ledger import Ledger
from longshore_ledger.connection import PREFIX
from tests.integration.ledger.actors import Harness, Relay, Worker
from tests.integration.ledger.clock import Clock
from tests.integration.ledger.files import chunks_of, open_file, run_file


@pytest.fixture(autouse=True)
def _scheduler(harness: Harness, ledger: Ledger) -> None:
    """One is heard of."""
    ledger.maintenance.record_broker({})


def _explain(ledger: Ledger, id: str) -> Explanation:
    found = ledger.explanations.explain(id)
    assert found
    return found


def test_what_is_not_there_is_not_explained(ledger: Ledger) -> None:
    # Then
    assert ledger.explanations.explain("nobody") is None


def test_ends_are_explained(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.finished("done")
    harness.failed("failed")
    harness.submit("cancelled")
    ledger.control.cancel(["cancelled"], by="ann")
    run_file(ledger, "b", ["1 1"])
    ledger.batches.cancel("b")

    # Then
    assert _explain(ledger, "done").reason == "It is done."
    assert _explain(ledger, "failed").reason == "It failed: ValueError: no"
    assert _explain(ledger, "cancelled").reason == "It was cancelled by ann."
    assert _explain(ledger, "b.0").reason == "It was cancelled by its batch."


def test_a_pause_is_the_first_reason(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a", delay=60.0)

    # When
    ledger.control.pause("q", by="ann")

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.reason == "Its queue q was paused at 2026-11-21T08:00:00.000Z by ann."
    assert explanation.advice == "Resume it: longshore queues resume q"
    assert explanation.facts == {"queue": "q", "outstanding": 0, "workers": 0}


def test_a_chunk_waits_for_its_upload(harness: Harness, ledger: Ledger) -> None:
    # Given
    open_file(ledger, "b")
    ledger.batches.add("b", 0, chunks_of(["1 1"], 1))

    # Then
    assert _explain(ledger, "b.0").reason == "Its file is still being uploaded."


def test_a_time_is_waited_for(harness: Harness, ledger: Ledger, worker: Worker, clock: Clock) -> None:
    # Given
    harness.submit("later", delay=60.0)
    harness.started("again", retries=1, backoff=10.0)
    worker.fail("again")
    clock.advance(30)
    ledger.maintenance.record_broker({})

    # Then
    assert _explain(ledger, "later").reason == "It is waiting for its start time, in 30.0 s."
    assert _explain(ledger, "again").reason == "It is waiting for its next attempt, in 0.0 s."


def test_a_broker_may_be_away(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.submit("a")

    # When
    ledger.maintenance.record_broker({}, away="connection refused")

    # Then
    assert _explain(ledger, "a").reason == "The broker is unavailable: connection refused."
    assert ledger.maintenance.broker()[""]["away"] == "connection refused"
    ledger.maintenance.record_broker({"q": {"ready": 0}})
    explanation = _explain(ledger, "a")
    assert explanation.reason == "No worker serves its queue q."
    assert explanation.facts["broker"]["ready"] == 0


def test_a_queue_may_have_no_worker(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given a worker of another queue
    harness.submit("a")
    worker.beat(queues=["r"])

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.reason == "No worker serves its queue q."
    assert explanation.advice == "Start one: longshore worker -Q q"


def test_a_task_says_how_far_it_is_on_its_way(
    harness: Harness, ledger: Ledger, relay: Relay, worker: Worker
) -> None:
    # Given
    worker.beat(queues=["q"])
    harness.submit("first", "second")
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
        "1 ready tasks of its queue are ahead of it.",
        "The scheduler is publishing it.",
        "It is in the broker; workers are busy with earlier tasks.",
        "It has been running on worker worker01 since 2026-11-21T08:00:00.000Z.",
    ]


def test_a_task_that_was_given_back_says_why(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    worker.beat(queues=["q"])
    (copy,) = harness.queued("a")

    # When
    worker.refuse(copy, "not begun")

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.facts["released"] == "not begun"
    assert explanation.facts["ahead"] == 0


def test_a_running_task_may_have_been_asked_to_stop(harness: Harness, ledger: Ledger) -> None:
    # Given
    harness.started("a")

    # When
    ledger.control.cancel(["a"], by="ann")

    # Then
    assert _explain(ledger, "a").reason == "It is running, and ann asked it to stop."


def test_a_running_task_may_have_lost_its_worker(harness: Harness, ledger: Ledger, clock: Clock) -> None:
    # Given
    harness.started("a")

    # When
    clock.advance(10)

    # Then
    explanation = _explain(ledger, "a")
    assert explanation.reason == "Its worker worker01 has stopped sending heartbeats."
    assert explanation.facts["deliveries"] == 1


def test_a_task_may_be_about_to_be_made_ready(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given a chunk that the walk over its batch has not reached
    worker.beat(queues=["q"])
    run_file(ledger, "b", ["1 1"] * 501, size=1)

    # Then
    assert _explain(ledger, "b.500").reason == "It is about to become ready."


def test_without_a_scheduler_nothing_goes_on(
    harness: Harness, ledger: Ledger, worker: Worker, clock: Clock
) -> None:
    # Given a task that is ready, one whose time has come and one whose time has not
    worker.beat(queues=["q"])
    harness.submit("ready")
    harness.submit("now", delay=5.0)
    harness.submit("later", delay=600.0)

    # When the scheduler was heard of a while ago
    clock.advance(20)
    worker.beat(queues=["q"])

    # Then
    assert _explain(ledger, "ready").reason == "No scheduler has reported for 20 s."
    assert _explain(ledger, "ready").advice.startswith("Start one: longshore scheduler")
    assert _explain(ledger, "now").reason == "No scheduler has reported for 20 s."
    assert _explain(ledger, "later").reason == "It is waiting for its start time, in 580.0 s."


def test_a_ledger_may_never_have_had_a_scheduler(harness: Harness, ledger: Ledger) -> None:
    # Given
    ledger.connection.redis.delete(f"{PREFIX}:broker")

    # When
    harness.submit("a")

    # Then
    assert _explain(ledger, "a").reason == "No scheduler has ever run."


def test_a_task_of_a_dead_worker_waits_for_a_scheduler(
    harness: Harness, ledger: Ledger, clock: Clock
) -> None:
    # Given
    harness.started("a")

    # When
    clock.advance(20)

    # Then
    assert _explain(ledger, "a").advice == "No scheduler has reported for 20 s."


def test_a_copy_may_be_lost(harness: Harness, ledger: Ledger, worker: Worker, clock: Clock) -> None:
    # Given a copy that is out, and that nobody has
    harness.queued("a")
    clock.advance(20)
    worker.beat(queues=["q"])
    ledger.maintenance.record_broker({"q": {"ready": 0}})
    since = "It was published at 2026-11-21T08:00:00.000Z"

    # Then
    lost = _explain(ledger, "a")
    assert lost.reason == f"{since}, but neither the broker nor a worker has it."
    assert lost.advice == "It will be published again within seconds."

    # And where somebody has it, that is said
    worker.beat(queues=["q"], held={"q": 1})
    assert _explain(ledger, "a").reason == "It is in the broker; workers are busy with earlier tasks."


def test_nobody_is_called_busy_who_runs_nothing(harness: Harness, ledger: Ledger, worker: Worker) -> None:
    # Given
    harness.queued("a")
    worker.beat(queues=["q"])

    # When
    ledger.maintenance.record_broker({"q": {"ready": 1}})

    # Then
    assert "no worker has taken it" in _explain(ledger, "a").reason

    # And where processes are being replaced, that is said
    worker.beat(queues=["q"], held={"q": 1}, stalled=1)
    assert f"{worker.id} is replacing pool processes" in _explain(ledger, "a").reason


def test_a_suspect_waits_for_a_worker_of_its_own(
    harness: Harness, ledger: Ledger, worker: Worker, other: Worker
) -> None:
    # Given
    harness.started("a")
    harness.started("b")
    harness.pass_seconds(4, other)
    ledger.maintenance.record_broker({})

    # When
    other.beat(queues=["q"])

    # Then
    assert _explain(ledger, "a").reason.startswith("A worker died while running it, so it runs alone next")


def test_a_queue_that_the_broker_refuses_is_told_in_its_words(
    harness: Harness, ledger: Ledger, worker: Worker
) -> None:
    # Given
    worker.beat(queues=["q"])
    harness.submit("a")
    ledger.maintenance.record_refusal("q", "queue limit in vhost '/' is reached")

    # When
    explanation = _explain(ledger, "a")

    # Then, unless nobody asks the broker any more, or it has changed its mind
    assert explanation.reason == "The broker refuses its queue q: queue limit in vhost '/' is reached"
    ledger.maintenance.record_refusal("q", None)
    assert "refuses" not in _explain(ledger, "a").reason
    ledger.maintenance.record_refusal("q", "queue limit in vhost '/' is reached")
    harness.clock.advance(61)
    worker.beat(queues=["q"])
    assert "refuses" not in _explain(ledger, "a").reason
