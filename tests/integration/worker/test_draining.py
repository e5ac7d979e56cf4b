"""A worker that is told to stop loses nothing, and blames nobody."""

import signal

from longshore.states import State
from tests.integration.worker.conftest import Harness
from tests.services.waiting import Eventually


def test_what_runs_may_end_and_what_waits_is_given_back(harness: Harness) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1", drain_seconds=20)
    harness.finish(harness.submit("nap", *[0] * 300))
    [running] = harness.submit("nap", 2)
    harness.begin(running)
    waiting = harness.submit("nap", *[0] * 40)

    # When
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    [task] = harness.tasks([running])
    assert (task.state, task.deliveries) == (State.SUCCESS, 1)
    assert harness.states(waiting) <= {"PENDING", "QUEUED"}
    assert harness.ledger.views.workers() == []
    harness.start_worker("-Q", "nap", "-c", "1")
    assert {(one.state, one.crashes) for one in harness.finish(waiting)} == {(State.SUCCESS, 0)}


def test_what_does_not_end_in_time_is_ended_and_given_back(harness: Harness) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1", drain_seconds=0.5)
    [id] = harness.submit("nap", 30)
    harness.begin(id)

    # When
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    [task] = harness.tasks([id])
    assert (task.state in {State.PENDING, State.QUEUED}, task.crashes) == (True, 0)


def test_the_second_signal_waits_for_nothing(harness: Harness, eventually: object) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1", drain_seconds=300)
    [id] = harness.submit("nap", 60)
    harness.begin(id)

    # When
    worker.process.send_signal(signal.SIGTERM)
    assert callable(eventually)
    eventually(lambda: "drains" in worker.log())
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    assert harness.tasks([id])[0].crashes == 0


def test_threads_that_do_not_end_in_time_are_left_behind(harness: Harness) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1", "--pool", "threads", drain_seconds=0.5)
    [id] = harness.submit("nap", 60)
    harness.begin(id)

    # When
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    assert harness.tasks([id])[0].state in {State.PENDING, State.QUEUED}


def test_a_worker_that_an_operator_drains_stops_as_if_by_a_signal(
    harness: Harness, eventually: Eventually
) -> None:
    # Given one that runs a task while others wait, and one that is left alone
    worker = harness.start_worker("-Q", "nap", "-c", "1", drain_seconds=20)
    [view] = harness.ledger.views.workers()
    other = harness.start_worker("-Q", "noop", "-c", "1")
    harness.finish(harness.submit("nap", *[0] * 300))
    [running] = harness.submit("nap", 6)
    harness.begin(running)
    waiting = harness.submit("nap", *[0] * 40)

    # When
    assert harness.ledger.control.drain(view.id, by="ann")

    # Then what runs may end, though it is asked with every beat, the rest is given back, nothing is killed
    eventually(lambda: any(one.info.get("draining") for one in harness.ledger.views.workers()))
    assert worker.wait() == 0
    assert "killed" not in worker.log()
    [task] = harness.tasks([running])
    assert (task.state, task.deliveries) == (State.SUCCESS, 1)
    assert harness.states(waiting) <= {"PENDING", "QUEUED"}
    assert [one.alive for one in harness.ledger.views.workers()] == [True]
    assert other.alive()
    harness.start_worker("-Q", "nap", "-c", "1")
    assert {(one.state, one.crashes) for one in harness.finish(waiting)} == {(State.SUCCESS, 0)}


def test_a_signal_does_not_hurry_what_an_operator_drains(harness: Harness, eventually: Eventually) -> None:
    # Given
    worker = harness.start_worker("-Q", "nap", "-c", "1", drain_seconds=20)
    [id] = harness.submit("nap", 3)
    harness.begin(id)
    [view] = harness.ledger.views.workers()
    harness.ledger.control.drain(view.id)
    eventually(lambda: "drains" in worker.log())

    # When its pod is deleted meanwhile
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    [task] = harness.tasks([id])
    assert (task.state, task.deliveries) == (State.SUCCESS, 1)
