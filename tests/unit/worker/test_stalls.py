"""Children that take no jobs are replaced, and what was sent to them is given back without blame."""

from collections.abc import Callable

import pytest

from longshore_worker.dispatch.job_watchdog import EVERY, SLOW
from longshore_worker.dispatch.stalls import STALL
from longshore_worker.execution.result_slots import SETTLED
from tests.unit.worker.room import Room, Sent

STUCK = 4711


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let seconds pass, for everybody who looks at the clock."""
    clock = {"now": 1000.0}

    def advance(seconds: float) -> None:
        clock["now"] += seconds

    monkeypatch.setattr("time.monotonic", lambda: clock["now"])
    monkeypatch.setattr("time.monotonic_ns", lambda: int(clock["now"] * 1e9))
    return advance


class Hall:
    """A dispatcher with one job sent, and a watchdog that looks at it."""

    def __init__(self, pass_time: Callable[[float], None], tasks: int = 1) -> None:
        self.room = Room(children=2)
        if tasks > 1:
            self.room.learn("quick", 0.00001)
        for _ in range(tasks):
            self.room.deliver()
        self.room.dispatcher.flush()
        self.watchdog = self.room.watchdog()
        self._pass = pass_time

    @property
    def job(self) -> Sent:
        """The job that was sent first."""
        return self.room.pool.sent[0]

    def look_for(self, seconds: float) -> None:
        """Look as often as the hub does in that time."""
        for _ in range(round(seconds / EVERY) + 2):
            self._pass(EVERY)
            self.watchdog.look()


@pytest.fixture
def hall(pass_time: Callable[[float], None]) -> Hall:
    """A job of one task."""
    return Hall(pass_time)


def test_a_task_that_its_child_does_not_begin_is_sent_to_one_that_is_free(hall: Hall) -> None:
    # Given
    hall.job.taker = STUCK

    # When
    hall.look_for(SLOW + 2 * SETTLED)
    hall.room.dispatcher.flush()

    # Then it is begun once
    assert [job.ids for job in hall.room.pool.sent] == [hall.job.ids] * 2
    assert not hall.job.begin(0)
    assert hall.room.pool.sent[1].begin(0)
    assert hall.room.runs.released == []


def test_a_child_that_does_not_open_its_job_is_replaced(hall: Hall) -> None:
    # Given
    hall.job.taker = STUCK

    # When
    hall.look_for(STALL - 1)
    early = hall.room.pool.killed
    hall.look_for(1.5)

    # Then, once it is gone, nobody is blamed
    assert (early, hall.room.pool.last_killed) == (0, STUCK)
    hall.job.done()
    hall.room.dispatcher.flush()
    assert all(not release.crash for release in hall.room.runs.released)
    assert len(hall.room.state.stalled_since) == 1
    hall.look_for(EVERY)
    assert len(hall.room.state.stalled_since) == 0


def test_a_child_that_stops_between_two_tasks_is_replaced(pass_time: Callable[[float], None]) -> None:
    # Given one that has ended the first task of its job, and does not begin the second
    hall = Hall(pass_time, tasks=8)
    hall.job.begin(0)
    hall.job.end(0)

    # When
    hall.look_for(STALL + 0.5)

    # Then
    assert hall.room.pool.killed
    assert [finish.id for finish in hall.room.runs.finished] == []
    hall.job.done()
    hall.room.dispatcher.flush()
    assert [finish.id for finish in hall.room.runs.finished] == [hall.job.ids[0]]


def test_a_successor_that_is_handed_the_job_has_its_own_time(hall: Hall) -> None:
    # Given a child that is replaced
    hall.job.taker = STUCK
    hall.look_for(STALL + 0.5)
    killed = hall.room.pool.killed

    # When
    hall.job.taker = STUCK + 1
    hall.look_for(STALL - 1)

    # Then
    assert hall.room.pool.killed == killed
    assert len(hall.room.state.stalled_since) == 0


def test_a_job_that_no_child_was_given_blames_none(hall: Hall) -> None:
    # When
    hall.look_for(2 * STALL)

    # Then
    assert hall.room.pool.killed == 0


def test_a_task_may_take_as_long_as_it_likes(hall: Hall) -> None:
    # Given
    hall.job.taker = STUCK
    hall.job.begin(0)

    # When
    hall.look_for(3 * STALL)

    # Then
    assert hall.room.pool.killed == 0


def test_a_worker_that_was_stopped_itself_blames_no_child(
    hall: Hall, pass_time: Callable[[float], None]
) -> None:
    # Given
    hall.job.taker = STUCK
    hall.look_for(1)

    # When all processes of the worker stand still for a minute
    pass_time(60)
    hall.watchdog.look()
    hall.watchdog.look()

    # Then
    assert hall.room.pool.killed == 0


def test_a_child_that_cannot_be_replaced_makes_the_probe_fail(hall: Hall) -> None:
    # Given one that SIGKILL does not end
    liveness = hall.room.liveness()
    hall.job.taker = STUCK
    hall.look_for(STALL + 1)
    liveness.beat()
    assert liveness.trouble() is None

    # When
    hall.look_for(40)
    liveness.beat()

    # Then
    assert liveness.trouble() == "the worker cannot replace a child that takes no jobs"
