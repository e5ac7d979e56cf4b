"""Suspects run in a worker that runs nothing beside them."""

import pytest

from longshore.ledger.records import Verdict
from tests.unit.worker.room import Room


@pytest.fixture
def room() -> Room:
    """A dispatcher that runs one task; the ledger lets its suspect wait for that."""
    room = Room(children=4)
    room.deliver("slow", "a")
    room.dispatcher.flush()
    room.runs.suspects = {"s"}
    room.runs.verdicts["s"] = Verdict.WAIT
    return room


def test_a_suspect_waits_and_nothing_begins_meanwhile(room: Room) -> None:
    # When
    room.deliver("slow", "s")
    room.dispatcher.flush()
    room.deliver("slow", "b")
    for _ in range(3):
        room.dispatcher.flush()

    # Then it was asked about once
    assert [ask.id for ask in room.runs.asked] == ["a", "s"]
    assert list(room.state.held) == ["a"]
    assert [copy.id for copy in room.inbox.pending] == ["s", "b"]


def test_a_suspect_begins_alone_and_others_after_it(room: Room) -> None:
    # Given
    room.deliver("slow", "s")
    room.dispatcher.flush()
    room.deliver("slow", "b")

    # When the other one has ended
    room.runs.verdicts.clear()
    room.pool.sent[0].run()
    room.dispatcher.flush()
    alone = list(room.state.held)
    room.deliver("slow", "c")
    room.dispatcher.flush()
    still_alone = list(room.state.held)
    room.pool.sent[1].run()
    room.dispatcher.flush()

    # Then
    assert (alone, still_alone) == (["s"], ["s"])
    assert set(room.state.held) == {"b", "c"}
    assert [finish.id for finish in room.runs.finished] == ["a", "s"]


def test_what_came_behind_a_suspect_in_one_commit_is_kept(room: Room) -> None:
    # Given a worker that knows of none of them what it is
    room.pool.sent[0].run()
    room.dispatcher.flush()
    room.runs.verdicts = {"b": Verdict.WAIT, "c": Verdict.WAIT}
    for id in "sbc":
        room.deliver("slow", id)

    # When
    room.dispatcher.flush()
    beside = [copy.id for copy in room.inbox.pending]
    room.runs.verdicts.clear()
    room.pool.sent[1].run()
    room.dispatcher.flush()

    # Then
    assert set(beside) == {"b", "c"}
    assert set(room.state.held) == {"b", "c"}
    assert room.channel.rejected == []


def test_a_suspect_that_waits_for_nothing_is_not_asked_about_in_a_loop(room: Room) -> None:
    # Given a ledger which thinks that this worker runs something that it does not know
    room.pool.sent[0].run()
    room.dispatcher.flush()
    room.deliver("slow", "s")

    # When
    for _ in range(20):
        room.dispatcher.flush()

    # Then
    assert [ask.id for ask in room.runs.asked].count("s") == 1
    room.runs.verdicts.clear()
    room.flush_until(lambda: "s" in room.state.held)


def test_waiting_for_a_suspect_is_seen(room: Room) -> None:
    # Given
    isolation, pending = room.isolation, room.inbox.pending
    assert not isolation.holds_back(pending)

    # When
    room.deliver("slow", "s")
    room.dispatcher.flush()

    # Then
    assert isolation.holds_back(pending)
