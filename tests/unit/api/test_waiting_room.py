"""Waiting together."""

import threading
from collections.abc import Sequence

from longshore.errors import LedgerUnavailable
from longshore_api.waiting import WaitingRoom
from tests.services.waiting import Eventually


def _start(room: WaitingRoom, id: str, seconds: float = 60) -> threading.Thread:
    thread = threading.Thread(target=room.wait, args=(id, seconds))
    thread.start()
    return thread


def test_all_who_wait_are_asked_about_in_one_question(eventually: Eventually) -> None:
    # Given
    over: set[str] = set()
    questions: list[list[str]] = []

    def ended(ids: Sequence[str]) -> list[bool]:
        questions.append(sorted(ids))
        return [id in over for id in ids]

    room = WaitingRoom(ended)
    first, second, third = _start(room, "a"), _start(room, "a"), _start(room, "b")
    eventually(lambda: questions and questions[-1] == ["a", "b"])

    # When
    over.add("a")

    # Then those who waited for it go, the other stays
    first.join(10)
    second.join(10)
    assert not first.is_alive()
    assert not second.is_alive()
    assert third.is_alive()

    # When
    over.add("b")
    third.join(10)

    # Then nobody is asked about any more
    eventually(lambda: not room._asking)
    assert not room._guests


def test_a_ledger_that_is_away_lets_everybody_go() -> None:
    # Given
    def ended(ids: Sequence[str]) -> list[bool]:
        raise LedgerUnavailable(url="redis://nowhere", reason="gone")

    # When
    guest = _start(WaitingRoom(ended), "a")

    # Then
    guest.join(10)
    assert not guest.is_alive()


def test_who_has_no_time_is_not_held() -> None:
    # Given
    def ended(ids: Sequence[str]) -> list[bool]:
        raise AssertionError("nobody should ask")

    # When / Then
    WaitingRoom(ended).wait("a", 0)
