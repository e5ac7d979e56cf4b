"""The watchdog: slow neighbours, limits, cancellation and crash, read off the jobs' slots."""

from collections.abc import Callable

import pytest

from longshore_ledger.records import Outcome
from longshore_worker.dispatch import job_watchdog
from longshore_worker.dispatch.job_watchdog import KINDNESS, SLOW, STRANDED, TARDY, JobWatchdog
from longshore_worker.execution.result_slots import SETTLED, Kind
from tests.unit.worker.harness import Harness

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


def _look(harness: Harness, watching: JobWatchdog) -> None:
    watching.look()
    harness.dispatcher.flush()


def test_who_waits_behind_a_slow_task_is_sent_elsewhere(pass_time: Pass) -> None:
    # Given: 4 jobs of 8, and the first child is at its third task
    harness = Harness(children=2)
    harness.learn("quick", 0.00001)
    for _ in range(32):
        harness.deliver()
    harness.dispatcher.flush()
    watching = harness.watchdog()
    first, *others = harness.pool.sent
    for index in (0, 1):
        first.begin(index)
        first.end(index)
    first.begin(2)
    for job in others:
        job.run()
    harness.dispatcher.flush()

    # When
    pass_time(SLOW)
    _look(harness, watching)
    pass_time(2 * SETTLED)
    _look(harness, watching)

    # Then: what had ended is on record, what was not begun has other jobs, the slow one goes on
    assert len(harness.runs.finished) == 26
    assert [id for job in harness.pool.sent[4:] for id in job.ids] == first.ids[3:]
    assert not first.begin(3)
    for job in harness.pool.sent[4:]:
        job.run()
    first.end(2)
    first.done()
    harness.dispatcher.flush()
    assert len(harness.runs.finished) == 32
    assert harness.runs.released == []


def test_who_has_no_child_to_wait_for_is_given_back_without_blame(pass_time: Pass) -> None:
    # Given: one child, which is slow, and a second job that waits for it
    harness = Harness(children=1)
    harness.learn("quick", 0.00001)
    for _ in range(8):
        harness.deliver()
    harness.dispatcher.flush()
    watching = harness.watchdog()
    harness.pool.sent[0].begin(0)
    assert len(harness.pool.sent) == 2

    # When
    for _ in range(4):
        pass_time(SLOW)
        _look(harness, watching)

    # Then
    assert len(harness.runs.released) == 7
    assert {(release.why, release.crash) for release in harness.runs.released} == {("not begun", False)}


def test_a_busy_machine_alone_gives_nothing_back(pass_time: Pass) -> None:
    # Given: children that nobody lets run
    harness = Harness(children=2)
    harness.learn("quick", 0.00001)
    for _ in range(8):
        harness.deliver()
    harness.dispatcher.flush()
    watching = harness.watchdog()

    # When
    for _ in range(3):
        pass_time(TARDY / 4)
        _look(harness, watching)

    # Then
    assert harness.runs.released == []


@pytest.mark.parametrize(("busy", "children"), [(0, 1), (1, 2), (0, 2)])
def test_a_task_waits_for_a_child_that_is_slow_to_start(pass_time: Pass, busy: int, children: int) -> None:
    # Given: some children have a task of their own, and the others have not come up yet
    harness = Harness(children=children)
    for _ in range(busy + 1):
        harness.deliver()
    harness.dispatcher.flush()
    watching, (*taken, starting) = harness.watchdog(), harness.pool.sent
    for job in taken:
        job.begin(0)

    # When
    for _ in range(int(STRANDED / SLOW) - 2):
        pass_time(SLOW)
        _look(harness, watching)

    # Then
    assert starting.begin(0)
    starting.end(0)
    starting.done()
    harness.dispatcher.flush()
    assert [finish.id for finish in harness.runs.finished] == starting.ids
    assert harness.runs.released == []


def test_a_task_whose_child_does_not_come_is_given_back_without_blame(pass_time: Pass) -> None:
    # Given
    harness = Harness(children=1)
    harness.deliver()
    harness.dispatcher.flush()
    watching, [job] = harness.watchdog(), harness.pool.sent

    # When
    for _ in range(int(STRANDED / SLOW) + 3):
        pass_time(SLOW)
        _look(harness, watching)

    # Then
    assert not job.begin(0)
    assert [(release.why, release.crash) for release in harness.runs.released] == [("not begun", False)]


def test_an_item_that_takes_too_long_is_ended_and_its_neighbours_are_not(pass_time: Pass) -> None:
    # Given
    harness = Harness(children=1, timeouts={"quick": 2.0})
    harness.learn("quick", 0.00001)
    for _ in range(4):
        harness.deliver()
    harness.dispatcher.flush()
    watching = harness.watchdog()
    [first, second] = harness.pool.sent
    first.begin(0)

    # When
    for _ in range(30):
        pass_time(0.1)
        watching.look()
        if harness.pool.killed:
            break
    first.done()  # as the pool does when its child is dead
    harness.dispatcher.flush()

    # Then
    [finish] = harness.runs.finished
    assert (finish.id, finish.outcome) == (first.ids[0], Outcome.FAILURE)
    assert b"TimeLimitExceeded" in finish.value
    assert {release.crash for release in harness.runs.released} <= {False}
    assert len(second.ids) == 2


def test_a_result_that_came_in_the_last_moment_counts(pass_time: Pass) -> None:
    # Given
    harness = Harness(children=1, timeouts={"quick": 1.0})
    harness.deliver()
    harness.dispatcher.flush()
    watching = harness.watchdog()
    [job] = harness.pool.sent
    job.begin(0)
    for _ in range(3):
        pass_time(0.6)
        watching.look()
    assert harness.pool.killed

    # When
    job.end(0, value=b"7")
    job.done()
    harness.dispatcher.flush()

    # Then
    [finish] = harness.runs.finished
    assert (finish.outcome, finish.value) == (Outcome.SUCCESS, b"7")


def test_a_cancelled_task_may_stop_by_itself_and_is_ended_if_it_does_not(pass_time: Pass) -> None:
    # Given
    harness = Harness(children=1)
    copy = harness.deliver()
    harness.dispatcher.flush()
    watching = harness.watchdog()
    [job] = harness.pool.sent
    job.begin(0)

    # When
    watching.cancel([copy.id])
    watching.look()

    # Then
    assert job.slot.asked_to_stop()
    assert not harness.pool.killed
    for _ in range(3):
        pass_time(KINDNESS / 2)
        watching.look()
    assert harness.pool.killed
    job.done()
    harness.dispatcher.flush()
    assert [finish.outcome for finish in harness.runs.finished] == [Outcome.REVOKED]


def test_a_cancelled_task_that_is_not_begun_never_is(pass_time: Pass) -> None:
    # Given
    harness = Harness(children=1)
    harness.learn("quick", 0.00001)
    copies = [harness.deliver() for _ in range(3)]
    harness.dispatcher.flush()
    watching = harness.watchdog()
    job = next(job for job in harness.pool.sent if len(job.items) > 1)
    cancelled = job.ids[1]

    # When
    watching.cancel([cancelled, "unheard-of"])
    watching.cancel([cancelled])
    for job in harness.pool.sent:
        job.run()
    harness.dispatcher.flush()

    # Then
    outcomes = {finish.id: finish.outcome for finish in harness.runs.finished}
    assert outcomes == {
        copy.id: Outcome.REVOKED if copy.id == cancelled else Outcome.SUCCESS for copy in copies
    }
    pass_time(0)


def test_the_crash_of_a_child_is_the_fault_of_what_it_was_at(pass_time: Pass) -> None:
    # Given
    harness = Harness(children=1)
    harness.learn("quick", 0.00001)
    for _ in range(6):
        harness.deliver()
    harness.dispatcher.flush()
    job = harness.pool.sent[0]
    job.begin(0)
    job.end(0)
    job.begin(1)

    # When
    job.done()
    harness.dispatcher.flush()

    # Then
    [release] = harness.runs.released
    assert (release.id, release.crash) == (job.ids[1], True)
    assert [finish.id for finish in harness.runs.finished] == [job.ids[0]]
    assert job.ids[2] in harness.pool.sent[-1].ids
    pass_time(0)


def test_a_slow_line_is_ended_alone(pass_time: Pass) -> None:
    # Given
    harness = Harness(children=1, timeouts={"quick": 0.5})
    harness.runs.offset = 3
    harness.deliver(chunk=1)
    harness.dispatcher.flush()
    watching = harness.watchdog()
    [job] = harness.pool.sent
    job.begin(0)
    job.end(0, Kind.SUCCESS, b"A")
    job.begin(1)

    # When
    for _ in range(4):
        pass_time(0.3)
        watching.look()
    assert harness.pool.killed
    job.done()
    harness.dispatcher.flush()

    # Then
    [told] = harness.runs.lines
    assert told.lines == [b"=A", b"!took longer than 0.5 s"]
    assert harness.runs.released == []
    assert job_watchdog.EVERY < SLOW
