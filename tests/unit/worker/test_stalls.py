"""Children that take no jobs are replaced, and what was sent to them is given back without blame."""

from collections.abc import Callable

import pytest

from longshore_worker.dispatch.job_watchdog import EVERY, SLOW
from longshore_worker.dispatch.stalls import STALL
from longshore_worker.execution.result_slots import SETTLED
from tests.unit.worker.harness import Harness, Sent

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


class Watched:
    """A dispatcher with one job sent, and a watchdog that looks at it."""

    def __init__(self, pass_time: Callable[[float], None], tasks: int = 1) -> None:
        self.harness = Harness(children=2)
        if tasks > 1:
            self.harness.learn("quick", 0.00001)
        for _ in range(tasks):
            self.harness.deliver()
        self.harness.dispatcher.flush()
        self.watchdog = self.harness.watchdog()
        self._pass = pass_time

    @property
    def job(self) -> Sent:
        """The job that was sent first."""
        return self.harness.pool.sent[0]

    def look_for(self, seconds: float) -> None:
        """Look as often as the hub does in that time."""
        for _ in range(round(seconds / EVERY) + 2):
            self._pass(EVERY)
            self.watchdog.look()


@pytest.fixture
def watched(pass_time: Callable[[float], None]) -> Watched:
    """A job of one task."""
    return Watched(pass_time)


def test_a_task_that_its_child_does_not_begin_is_sent_to_one_that_is_free(watched: Watched) -> None:
    # Given
    watched.job.taker = STUCK

    # When
    watched.look_for(SLOW + 2 * SETTLED)
    watched.harness.dispatcher.flush()

    # Then it is begun once
    assert [job.ids for job in watched.harness.pool.sent] == [watched.job.ids] * 2
    assert not watched.job.begin(0)
    assert watched.harness.pool.sent[1].begin(0)
    assert watched.harness.runs.released == []


def test_a_child_that_does_not_open_its_job_is_replaced(watched: Watched) -> None:
    # Given
    watched.job.taker = STUCK

    # When
    watched.look_for(STALL - 1)
    early = watched.harness.pool.killed
    watched.look_for(1.5)

    # Then, once it is gone, nobody is blamed
    assert (early, watched.harness.pool.last_killed) == (0, STUCK)
    watched.job.done()
    watched.harness.dispatcher.flush()
    assert all(not release.crash for release in watched.harness.runs.released)
    assert len(watched.harness.state.stalled_since) == 1
    watched.look_for(EVERY)
    assert len(watched.harness.state.stalled_since) == 0


def test_a_child_that_stops_between_two_tasks_is_replaced(pass_time: Callable[[float], None]) -> None:
    # Given one that has ended the first task of its job, and does not begin the second
    watched = Watched(pass_time, tasks=8)
    watched.job.begin(0)
    watched.job.end(0)

    # When
    watched.look_for(STALL + 0.5)

    # Then
    assert watched.harness.pool.killed
    assert [finish.id for finish in watched.harness.runs.finished] == []
    watched.job.done()
    watched.harness.dispatcher.flush()
    assert [finish.id for finish in watched.harness.runs.finished] == [watched.job.ids[0]]


def test_a_successor_that_is_handed_the_job_has_its_own_time(watched: Watched) -> None:
    # Given a child that is replaced
    watched.job.taker = STUCK
    watched.look_for(STALL + 0.5)
    killed = watched.harness.pool.killed

    # When
    watched.job.taker = STUCK + 1
    watched.look_for(STALL - 1)

    # Then
    assert watched.harness.pool.killed == killed
    assert len(watched.harness.state.stalled_since) == 0


def test_a_job_that_no_child_was_given_blames_none(watched: Watched) -> None:
    # When
    watched.look_for(2 * STALL)

    # Then
    assert watched.harness.pool.killed == 0


def test_a_task_may_take_as_long_as_it_likes(watched: Watched) -> None:
    # Given
    watched.job.taker = STUCK
    watched.job.begin(0)

    # When
    watched.look_for(3 * STALL)

    # Then
    assert watched.harness.pool.killed == 0


def test_a_worker_that_was_stopped_itself_blames_no_child(
    watched: Watched, pass_time: Callable[[float], None]
) -> None:
    # Given
    watched.job.taker = STUCK
    watched.look_for(1)

    # When all processes of the worker stand still for a minute
    pass_time(60)
    watched.watchdog.look()
    watched.watchdog.look()

    # Then
    assert watched.harness.pool.killed == 0


def test_a_child_that_cannot_be_replaced_makes_the_probe_fail(watched: Watched) -> None:
    # Given one that SIGKILL does not end
    liveness = watched.harness.liveness()
    watched.job.taker = STUCK
    watched.look_for(STALL + 1)
    liveness.beat()
    assert liveness.trouble() is None

    # When
    watched.look_for(40)
    liveness.beat()

    # Then
    assert liveness.trouble() == "the worker cannot replace a child that takes no jobs"
