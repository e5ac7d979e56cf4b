"""Slices: a chunk's copy is acknowledged when its lines are on record, and not before."""

import pytest

from longshore.errors import LedgerUnavailable
from tests.unit.worker.room import Room, Sent


@pytest.fixture
def room() -> Room:
    """A dispatcher that was handed a chunk."""
    room = Room(children=2)
    room.runs.offset = 0
    room.deliver("quick", "b.0", chunk=1)
    room.dispatcher.flush()
    return room


def _run_lines(job: Sent, lines: int) -> None:
    for index in range(lines):
        job.begin(index)
        job.end(index)


def test_a_slice_is_acknowledged_after_its_lines_are_on_record(room: Room) -> None:
    # Given a ledger that is away
    room.runs.away = LedgerUnavailable(url="redis://nowhere", reason="it is away")

    # When a slice has ended
    _run_lines(room.pool.sent[0], 3)
    room.pool.sent[0].done()
    room.dispatcher.flush(thoroughly=True)
    early = list(room.channel.acked)

    # Then its copy is kept until the ledger has heard of it
    assert early == []
    room.runs.away = None
    room.flush_until(lambda: room.channel.acked)
    assert [len(lines.lines) for lines in room.runs.lines] == [3]


def test_a_slice_that_goes_on_is_not_acknowledged(room: Room) -> None:
    # When some lines have ended, and the watchdog has read them
    _run_lines(room.pool.sent[0], 3)
    room.pool.sent[0].begin(3)
    watching = room.watchdog()
    for _ in range(3):
        watching.look()
        room.dispatcher.flush(thoroughly=True)

    # Then
    assert room.channel.acked == []
    assert room.runs.lines == []


def test_a_slice_that_was_not_begun_is_not_acknowledged(room: Room) -> None:
    # When its child answers without having begun it
    job = next(iter(room.state.jobs.values()))
    job.close(0.0)
    room.pool.sent[0].done()
    room.dispatcher.flush(thoroughly=True)

    # Then it is sent to another child
    assert room.channel.acked == []
    assert len(room.pool.sent) == 2


def test_a_slice_that_another_worker_has_is_acknowledged(room: Room) -> None:
    # Given
    room.runs.fenced.add("b.0")

    # When
    _run_lines(room.pool.sent[0], 1)
    room.pool.sent[0].done()
    room.dispatcher.flush(thoroughly=True)

    # Then the rest of it is that one's
    assert room.channel.acked
    assert list(room.state.held) == []
