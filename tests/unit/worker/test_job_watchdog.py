"""The watchdog: slow neighbours, limits, cancellation and crash, read off the jobs' slots."""

from collections.abc import Callable

import pytest

from longshore.ledger.records import Outcome
from longshore_worker.dispatch import job_watchdog
from longshore_worker.dispatch.job_watchdog import KINDNESS, SLOW, STRANDED, TARDY, JobWatchdog
from longshore_worker.execution.result_slots import SETTLED, Kind
from tests.unit.worker.room import Room

Pass = Callable[[float], None]


@pytest.fixture
def pass_time(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Let seconds pass, for everybody who looks at the clock."""
    clock = {"now": 1000.0}

    def advance(seconds: float) -> None:
        clock["now"] += seconds

    monkeypatch.setattr("time.monotonic", lambda: clock["now"])
    monkeypatch.setattr("time.monotonic_ns", lambda: int(clock["now"] * 1e9))
    return advance


def _look(room: Room, watching: JobWatchdog) -> None:
    watching.look()
    room.dispatcher.flush()


def test_who_waits_behind_a_slow_task_is_sent_elsewhere(pass_time: Pass) -> None:
    # Given: 4 jobs of 8, and the first child is at its third task
    room = Room(children=2)
    room.learn("quick", 0.00001)
    for _ in range(32):
        room.deliver()
    room.dispatcher.flush()
    watching = room.watchdog()
    first, *others = room.pool.sent
    for index in (0, 1):
        first.begin(index)
        first.end(index)
    first.begin(2)
    for job in others:
        job.run()
    room.dispatcher.flush()

    # When
    pass_time(SLOW)
    _look(room, watching)
    pass_time(2 * SETTLED)
    _look(room, watching)

    # Then: what had ended is on record, what was not begun has other jobs, the slow one goes on
    assert len(room.runs.finished) == 26
    assert [id for job in room.pool.sent[4:] for id in job.ids] == first.ids[3:]
    assert not first.begin(3)
    for job in room.pool.sent[4:]:
        job.run()
    first.end(2)
    first.done()
    room.dispatcher.flush()
    assert len(room.runs.finished) == 32
    assert room.runs.released == []


def test_who_has_no_child_to_wait_for_is_given_back_without_blame(pass_time: Pass) -> None:
    # Given: one child, which is slow, and a second job that waits for it
    room = Room(children=1)
    room.learn("quick", 0.00001)
    for _ in range(8):
        room.deliver()
    room.dispatcher.flush()
    watching = room.watchdog()
    room.pool.sent[0].begin(0)
    assert len(room.pool.sent) == 2

    # When
    for _ in range(4):
        pass_time(SLOW)
        _look(room, watching)

    # Then
    assert len(room.runs.released) == 7
    assert {(release.why, release.crash) for release in room.runs.released} == {("not begun", False)}


def test_a_busy_machine_alone_gives_nothing_back(pass_time: Pass) -> None:
    # Given: children that nobody lets run
    room = Room(children=2)
    room.learn("quick", 0.00001)
    for _ in range(8):
        room.deliver()
    room.dispatcher.flush()
    watching = room.watchdog()

    # When
    for _ in range(3):
        pass_time(TARDY / 4)
        _look(room, watching)

    # Then
    assert room.runs.released == []


@pytest.mark.parametrize(("busy", "children"), [(0, 1), (1, 2), (0, 2)])
def test_a_task_waits_for_a_child_that_is_slow_to_start(pass_time: Pass, busy: int, children: int) -> None:
    # Given: some children have a task of their own, and the others have not come up yet
    room = Room(children=children)
    for _ in range(busy + 1):
        room.deliver()
    room.dispatcher.flush()
    watching, (*taken, starting) = room.watchdog(), room.pool.sent
    for job in taken:
        job.begin(0)

    # When
    for _ in range(int(STRANDED / SLOW) - 2):
        pass_time(SLOW)
        _look(room, watching)

    # Then
    assert starting.begin(0)
    starting.end(0)
    starting.done()
    room.dispatcher.flush()
    assert [finish.id for finish in room.runs.finished] == starting.ids
    assert room.runs.released == []


def test_a_task_whose_child_does_not_come_is_given_back_without_blame(pass_time: Pass) -> None:
    # Given
    room = Room(children=1)
    room.deliver()
    room.dispatcher.flush()
    watching, [job] = room.watchdog(), room.pool.sent

    # When
    for _ in range(int(STRANDED / SLOW) + 3):
        pass_time(SLOW)
        _look(room, watching)

    # Then
    assert not job.begin(0)
    assert [(release.why, release.crash) for release in room.runs.released] == [("not begun", False)]


def test_an_item_that_takes_too_long_is_ended_and_its_neighbours_are_not(pass_time: Pass) -> None:
    # Given
    room = Room(children=1, timeouts={"quick": 2.0})
    room.learn("quick", 0.00001)
    for _ in range(4):
        room.deliver()
    room.dispatcher.flush()
    watching = room.watchdog()
    [first, second] = room.pool.sent
    first.begin(0)

    # When
    for _ in range(30):
        pass_time(0.1)
        watching.look()
        if room.pool.killed:
            break
    first.done()  # as the pool does when its child is dead
    room.dispatcher.flush()

    # Then
    [finish] = room.runs.finished
    assert (finish.id, finish.outcome) == (first.ids[0], Outcome.FAILURE)
    assert b"TimeLimitExceeded" in finish.value
    assert {release.crash for release in room.runs.released} <= {False}
    assert len(second.ids) == 2


def test_a_result_that_came_in_the_last_moment_counts(pass_time: Pass) -> None:
    # Given
    room = Room(children=1, timeouts={"quick": 1.0})
    room.deliver()
    room.dispatcher.flush()
    watching = room.watchdog()
    [job] = room.pool.sent
    job.begin(0)
    for _ in range(3):
        pass_time(0.6)
        watching.look()
    assert room.pool.killed

    # When
    job.end(0, value=b"7")
    job.done()
    room.dispatcher.flush()

    # Then
    [finish] = room.runs.finished
    assert (finish.outcome, finish.value) == (Outcome.SUCCESS, b"7")


def test_a_cancelled_task_may_stop_by_itself_and_is_ended_if_it_does_not(pass_time: Pass) -> None:
    # Given
    room = Room(children=1)
    copy = room.deliver()
    room.dispatcher.flush()
    watching = room.watchdog()
    [job] = room.pool.sent
    job.begin(0)

    # When
    watching.cancel([copy.id])
    watching.look()

    # Then
    assert job.slot.asked_to_stop()
    assert not room.pool.killed
    for _ in range(3):
        pass_time(KINDNESS / 2)
        watching.look()
    assert room.pool.killed
    job.done()
    room.dispatcher.flush()
    assert [finish.outcome for finish in room.runs.finished] == [Outcome.REVOKED]


def test_a_cancelled_task_that_is_not_begun_never_is(pass_time: Pass) -> None:
    # Given
    room = Room(children=1)
    room.learn("quick", 0.00001)
    copies = [room.deliver() for _ in range(3)]
    room.dispatcher.flush()
    watching = room.watchdog()
    job = next(job for job in room.pool.sent if len(job.items) > 1)
    cancelled = job.ids[1]

    # When
    watching.cancel([cancelled, "unheard-of"])
    watching.cancel([cancelled])
    for job in room.pool.sent:
        job.run()
    room.dispatcher.flush()

    # Then
    outcomes = {finish.id: finish.outcome for finish in room.runs.finished}
    assert outcomes == {
        copy.id: Outcome.REVOKED if copy.id == cancelled else Outcome.SUCCESS for copy in copies
    }
    pass_time(0)


def test_the_crash_of_a_child_is_the_fault_of_what_it_was_at(pass_time: Pass) -> None:
    # Given
    room = Room(children=1)
    room.learn("quick", 0.00001)
    for _ in range(6):
        room.deliver()
    room.dispatcher.flush()
    job = room.pool.sent[0]
    job.begin(0)
    job.end(0)
    job.begin(1)

    # When
    job.done()
    room.dispatcher.flush()

    # Then
    [release] = room.runs.released
    assert (release.id, release.crash) == (job.ids[1], True)
    assert [finish.id for finish in room.runs.finished] == [job.ids[0]]
    assert job.ids[2] in room.pool.sent[-1].ids
    pass_time(0)


def test_a_slow_line_is_ended_alone(pass_time: Pass) -> None:
    # Given
    room = Room(children=1, timeouts={"quick": 0.5})
    room.runs.offset = 3
    room.deliver(chunk=1)
    room.dispatcher.flush()
    watching = room.watchdog()
    [job] = room.pool.sent
    job.begin(0)
    job.end(0, Kind.SUCCESS, b"A")
    job.begin(1)

    # When
    for _ in range(4):
        pass_time(0.3)
        watching.look()
    assert room.pool.killed
    job.done()
    room.dispatcher.flush()

    # Then
    [told] = room.runs.lines
    assert told.lines == [b"=A", b"!took longer than 0.5 s"]
    assert room.runs.released == []
    assert job_watchdog.EVERY < SLOW
