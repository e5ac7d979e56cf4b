"""What the ledger cannot take: it is sent again alone, later and later, and holds up nothing else."""

from collections.abc import Callable

import pytest

from longshore.errors import LedgerUnavailable
from longshore.ledger.runs import Committed
from longshore_worker.dispatch import commits, parking
from tests.services.waiting import Eventually
from tests.unit.worker.room import Room

AWAY = LedgerUnavailable(url="redis://nowhere", reason="refused")


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "_FIRST", 0.01)
    monkeypatch.setattr(parking, "_PAUSE", 2.0)


def break_on(room: Room, id: str, of: str) -> list[int]:
    """Have scripts fail whenever `of` ("starts", "finishes") names `id`; returns what notes each failure."""
    commit, failures = room.runs.commit, list[int]()

    def refuse(worker: str, **words: object) -> Committed:
        named = words.get(of) or []
        assert isinstance(named, list)
        if of in room.broken and any(item.id == id for item in named):
            failures.append(len(named))
            raise ValueError("a script failed")
        return commit(worker, **words)  # type: ignore[arg-type]

    room.broken = {of}
    room.runs.commit = refuse  # type: ignore[method-assign]
    return failures


def flushed(room: Room, condition: Callable[[], object]) -> Callable[[], object]:
    """The condition, looked at after a flush like those that the hub makes."""

    def look() -> object:
        room.dispatcher.flush()
        return condition()

    return look


def test_a_start_that_fails_is_asked_again_and_runs(eventually: Eventually) -> None:
    # Given
    room = Room(children=2)
    room.learn("quick", 0.00001)
    copies = [room.deliver() for _ in range(3)]
    failures = break_on(room, copies[1].id, "starts")
    room.dispatcher.flush()
    assert {ask.id for ask in room.runs.asked} == {copies[0].id, copies[2].id}

    # When
    room.broken.clear()

    # Then
    eventually(flushed(room, lambda: copies[1].id in {ask.id for ask in room.runs.asked}))
    assert failures == [3, 1]


def test_a_copy_that_can_never_be_started_gives_its_place_to_others(eventually: Eventually) -> None:
    # Given
    room = Room()
    copy = room.deliver()
    failures = break_on(room, copy.id, "starts")

    # When
    eventually(flushed(room, lambda: copy.id in room.runs.parked))

    # Then
    assert failures == [1] * commits.TRIES
    assert [tag for tag, _ in room.channel.acked] == [copy.tag]
    assert room.dispatcher.idle


def test_a_result_that_cannot_be_recorded_is_kept_and_does_not_run_again(eventually: Eventually) -> None:
    # Given
    room = Room()
    copy = room.deliver()
    room.dispatcher.flush()
    failures = break_on(room, copy.id, "finishes")
    room.pool.sent[0].run()

    # When
    eventually(flushed(room, lambda: len(failures) > commits.TRIES))

    # Then its copy holds no place any more, and the ledger hears that the task is ours
    assert [tag for tag, _ in room.channel.acked] == [copy.tag]
    assert copy.id in room.state.held
    assert len(room.pool.sent) == 1
    room.broken.clear()
    eventually(flushed(room, lambda: room.dispatcher.idle))
    assert [finish.id for finish in room.runs.finished] == [copy.id]


def test_a_ledger_that_goes_away_between_two_parts_starts_nothing_twice(eventually: Eventually) -> None:
    # Given
    room = Room(children=2)
    room.learn("quick", 0.00001)
    copies = [room.deliver() for _ in range(3)]
    break_on(room, copies[1].id, "starts")
    commit = room.runs.commit

    def lose(worker: str, **words: object) -> Committed:
        starts = words["starts"]
        assert isinstance(starts, list)
        if [ask.id for ask in starts] == [copies[2].id] and room.runs.away is None:
            room.runs.away = AWAY
        return commit(worker, **words)  # type: ignore[arg-type]

    room.runs.commit = lose  # type: ignore[method-assign]
    room.dispatcher.flush()
    assert room.state.ledger_away

    # When
    room.runs.commit = commit  # type: ignore[method-assign]
    room.runs.away = None
    room.broken.clear()
    eventually(flushed(room, lambda: len(room.runs.asked) == 3))

    # Then
    sent = [id for job in room.pool.sent for id in job.ids]
    assert sorted(sent) == sorted(copy.id for copy in copies)


def test_what_cannot_be_parked_waits_and_everything_else_goes_on(eventually: Eventually) -> None:
    # Given
    room = Room()
    attempts = []
    park = room.runs.park

    def refuse(copies: dict[str, bytes]) -> list[str]:
        attempts.append(copies)
        raise ValueError("a script failed")

    room.runs.park = refuse  # type: ignore[method-assign]
    room.inbox.track(99)
    room.dispatcher.park(room.inbox, 99, "unreadable-1", b"{}")
    copy = room.deliver()

    # When
    for _ in range(20):
        room.dispatcher.flush()

    # Then it is not tried again at once
    assert len(attempts) == 1
    assert [ask.id for ask in room.runs.asked] == [copy.id]
    room.runs.park = park  # type: ignore[method-assign]
    eventually(flushed(room, lambda: room.runs.parked))
    assert list(room.runs.parked) == ["unreadable-1"]


def test_nothing_is_started_while_the_ledger_has_no_room_for_results() -> None:
    # Given
    room = Room()
    first = room.deliver()
    room.dispatcher.flush()
    room.runs.has_room = False
    second = room.deliver()

    # When
    room.pool.sent[0].run()
    room.dispatcher.flush()

    # Then
    assert [finish.id for finish in room.runs.finished] == [first.id]
    assert [ask.id for ask in room.runs.asked] == [first.id]
    room.runs.has_room = True
    room.dispatcher.flush()
    assert [ask.id for ask in room.runs.asked] == [first.id, second.id]
