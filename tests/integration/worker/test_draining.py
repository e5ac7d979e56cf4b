"""A worker that is told to stop loses nothing, and blames nobody."""

import signal

from longshore.states import State
from tests.integration.worker.conftest import Harbour
from tests.services.waiting import Eventually


def test_what_runs_may_end_and_what_waits_is_given_back(harbour: Harbour) -> None:
    # Given
    worker = harbour.start_worker("-Q", "nap", "-c", "1", drain_seconds=20)
    harbour.finish(harbour.submit("nap", *[0] * 300))
    [running] = harbour.submit("nap", 2)
    harbour.begin(running)
    waiting = harbour.submit("nap", *[0] * 40)

    # When
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    [task] = harbour.tasks([running])
    assert (task.state, task.deliveries) == (State.SUCCESS, 1)
    assert harbour.states(waiting) <= {"PENDING", "QUEUED"}
    assert harbour.ledger.views.workers() == []
    harbour.start_worker("-Q", "nap", "-c", "1")
    assert {(one.state, one.deaths) for one in harbour.finish(waiting)} == {(State.SUCCESS, 0)}


def test_what_does_not_end_in_time_is_ended_and_given_back(harbour: Harbour) -> None:
    # Given
    worker = harbour.start_worker("-Q", "nap", "-c", "1", drain_seconds=0.5)
    [id] = harbour.submit("nap", 30)
    harbour.begin(id)

    # When
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    [task] = harbour.tasks([id])
    assert (task.state in {State.PENDING, State.QUEUED}, task.deaths) == (True, 0)


def test_the_second_signal_waits_for_nothing(harbour: Harbour, eventually: object) -> None:
    # Given
    worker = harbour.start_worker("-Q", "nap", "-c", "1", drain_seconds=300)
    [id] = harbour.submit("nap", 60)
    harbour.begin(id)

    # When
    worker.process.send_signal(signal.SIGTERM)
    assert callable(eventually)
    eventually(lambda: "drains" in worker.log())
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    assert harbour.tasks([id])[0].deaths == 0


def test_threads_that_do_not_end_in_time_are_left_behind(harbour: Harbour) -> None:
    # Given
    worker = harbour.start_worker("-Q", "nap", "-c", "1", "--pool", "threads", drain_seconds=0.5)
    [id] = harbour.submit("nap", 60)
    harbour.begin(id)

    # When
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    assert harbour.tasks([id])[0].state in {State.PENDING, State.QUEUED}


def test_a_worker_that_an_operator_drains_stops_as_if_by_a_signal(
    harbour: Harbour, eventually: Eventually
) -> None:
    # Given one that runs a task while others wait, and one that is left alone
    worker = harbour.start_worker("-Q", "nap", "-c", "1", drain_seconds=20)
    [view] = harbour.ledger.views.workers()
    other = harbour.start_worker("-Q", "noop", "-c", "1")
    harbour.finish(harbour.submit("nap", *[0] * 300))
    [running] = harbour.submit("nap", 3)
    harbour.begin(running)
    waiting = harbour.submit("nap", *[0] * 40)

    # When
    assert harbour.ledger.control.drain(view.id, by="ann")

    # Then what runs may end, though it is asked with every beat, and the rest is given back
    eventually(lambda: any(one.info.get("draining") for one in harbour.ledger.views.workers()))
    assert worker.wait() == 0
    [task] = harbour.tasks([running])
    assert (task.state, task.deliveries) == (State.SUCCESS, 1)
    assert harbour.states(waiting) <= {"PENDING", "QUEUED"}
    assert [one.alive for one in harbour.ledger.views.workers()] == [True]
    assert other.alive()
    harbour.start_worker("-Q", "nap", "-c", "1")
    assert {(one.state, one.deaths) for one in harbour.finish(waiting)} == {(State.SUCCESS, 0)}


def test_a_signal_does_not_hurry_what_an_operator_drains(harbour: Harbour, eventually: Eventually) -> None:
    # Given
    worker = harbour.start_worker("-Q", "nap", "-c", "1", drain_seconds=20)
    [id] = harbour.submit("nap", 3)
    harbour.begin(id)
    [view] = harbour.ledger.views.workers()
    harbour.ledger.control.drain(view.id)
    eventually(lambda: "drains" in worker.log())

    # When its pod is deleted meanwhile
    worker.process.send_signal(signal.SIGTERM)

    # Then
    assert worker.wait() == 0
    [task] = harbour.tasks([id])
    assert (task.state, task.deliveries) == (State.SUCCESS, 1)
