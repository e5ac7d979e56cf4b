"""How fast a client is told."""

import re
from itertools import count

import pytest

from longshore_api.events.rate_limit import BURST, HELD, RATE, RateLimited

from .happening import event


@pytest.fixture
def limited() -> RateLimited:
    """A client that has had its share of everything up to 1000-500."""
    return RateLimited(lambda: "1000-500")


def _told(piece: bytes) -> list[str]:
    return re.findall(r'"state":"(\w+)"', piece.decode())


def _skipped(piece: bytes) -> int:
    return sum(int(n) for n in re.findall(r'event: skipped\ndata: {"count":(\d+)}', piece.decode()))


def test_a_few_events_are_told_at_once_and_all(limited: RateLimited) -> None:
    # When one task comes into several states at a time
    limited.add([event(n, state=state) for n, state in enumerate(("PENDING", "QUEUED", "STARTED"))], 100.0)

    # Then
    piece = limited.take(100.0)
    assert _told(piece) == ["PENDING", "QUEUED", "STARTED"]
    assert piece.startswith(b'event: task\nid: 1000-0\ndata: {"id":"a",')
    assert limited.take(100.0) == b""
    assert limited.due == float("inf")


def test_of_too_many_each_tasks_newest_state_is_told(limited: RateLimited) -> None:
    # Given
    numbers = count()
    limited.add([event(next(numbers), f"t{n}") for n in range(BURST)], 100.0)

    # When two tasks go on
    limited.add([event(next(numbers), id, state) for state in ("QUEUED", "STARTED") for id in "ab"], 100.0)

    # Then their newest states come as soon as there is room
    assert len(_told(limited.take(100.0))) == BURST
    assert limited.due < 1
    assert _told(limited.take(101.0)) == ["STARTED", "STARTED"]


def test_what_is_left_out_is_counted_once(limited: RateLimited) -> None:
    # When
    limited.add([event(n, state="QUEUED") for n in range(BURST + 10)], 100.0)

    # Then
    first, second = limited.take(100.0), limited.take(101.0)
    assert (len(_told(first)), _skipped(first)) == (BURST, 9)
    assert (len(_told(second)), _skipped(second)) == (1, 0)


def test_nobody_is_told_faster_than_the_rate(limited: RateLimited) -> None:
    # When much happens for ten seconds
    numbers, told, skipped = count(), 0, 0
    for tenth in range(100):
        now = 100 + tenth / 10
        limited.add([event(next(numbers), f"t{next(numbers)}") for _ in range(100)], now)
        piece = limited.take(now)
        told, skipped = told + len(_told(piece)), skipped + _skipped(piece)

    # Then what is told, left out and still held is all
    assert told <= BURST + 10 * RATE
    rest = b"".join(limited.take(float(now)) for now in range(1000, 1010))
    assert 0 < len(_told(rest)) <= HELD
    assert told + skipped + len(_told(rest)) + _skipped(rest) == 10_000


def test_ids_rise_so_that_a_client_can_resume_behind_the_last(limited: RateLimited) -> None:
    # Given
    limited.add([event(n, f"t{n}") for n in range(BURST)], 100.0)
    limited.add([event(100, "a"), event(101, "b"), event(102, "a")], 100.0)

    # When
    text = (limited.take(100.0) + limited.take(110.0)).decode()

    # Then
    ids = [int(n) for n in re.findall(r"id: 1000-(\d+)", text)]
    assert ids == sorted(ids)
    assert ids[-2:] == [101, 102]


def test_a_beat_says_how_far_the_client_is(limited: RateLimited) -> None:
    # When / Then: once, as it need not be said again
    assert limited.beat() == b"id: 1000-500\n:\n\n"
    assert limited.beat() == b":\n\n"


def test_a_beat_does_not_skip_what_is_held(limited: RateLimited) -> None:
    # Given
    limited.add([event(n, f"t{n}") for n in range(BURST + 1)], 100.0)

    # When / Then
    assert limited.beat() == b":\n\n"


def test_what_is_cleared_is_neither_told_nor_counted(limited: RateLimited) -> None:
    # Given
    limited.add([event(n) for n in range(BURST + 10)], 100.0)

    # When
    limited.clear()

    # Then
    assert limited.take(200.0) == b""
