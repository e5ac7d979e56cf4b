"""What was missed is read once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longshore_api.events import past as past_module
from longshore_api.events.filter import Filter
from longshore_api.events.past import MOST, Past
from longshore_ledger.events import position
from longshore_ledger.shapes import Event

from .happening import event


class Stream:
    """The ledger's stream."""

    def __init__(self, *events: Event) -> None:
        self.events = list(events)
        self.reads: list[tuple[str, str]] = []

    def between(self, after: str, until: str, count: int) -> list[Event]:
        """What is kept behind `after`, up to `until`."""
        self.reads.append((after, until))
        low, high = position(after), position(until)
        return [each for each in self.events if low < position(each.id) <= high][:count]


def _missed(past: Past, stream: Any, after: str, until: str, id: str = "a") -> list[Event] | None:
    return past.missed(stream, after, until, Filter(id=id))


def _numbers(found: list[Event] | None) -> list[int]:
    return [int(each.id.partition("-")[2]) for each in found or []]


def test_what_lies_between_is_found() -> None:
    # Given
    stream = Stream(*(event(n, "ab"[n % 2]) for n in range(1, 9)))

    # When
    missed = _missed(Past(), stream, "1000-2", "1000-7", "b")

    # Then
    assert _numbers(missed) == [3, 5, 7]


def test_each_who_comes_back_costs_what_no_one_has_asked_for_yet() -> None:
    # Given
    stream = Stream(*(event(n) for n in range(1, 10)))
    past = Past()

    # When one comes back, another who has missed less, one who has missed more, and one later
    found = [
        _missed(past, stream, after, until)
        for after, until in [
            ("1000-5", "1000-8"),
            ("1000-6", "1000-8"),
            ("1000-3", "1000-8"),
            ("1000-7", "1000-9"),
        ]
    ]

    # Then
    assert [_numbers(missed) for missed in found] == [[6, 7, 8], [7, 8], [4, 5, 6, 7, 8], [8, 9]]
    assert stream.reads == [("1000-5", "1000-8"), ("1000-3", "1000-5"), ("1000-8", "1000-9")]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8), st.booleans())
def test_whoever_comes_back_in_whatever_order_is_told_what_lies_between(
    asked: list[tuple[int, int]], batches_are_small: bool
) -> None:
    # Given
    stream, past = Stream(*(event(n) for n in range(1, 31))), Past()

    # When, then
    with pytest.MonkeyPatch.context() as small:
        if batches_are_small:
            small.setattr(past_module, "_BATCH", 2)
        for after, until in asked:
            missed = _missed(past, stream, f"1000-{after}", f"1000-{until}")
            assert _numbers(missed) == list(range(after + 1, until + 1))


def test_it_is_read_anew_when_nobody_asked_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    stream, past = Stream(event(1), event(2)), Past()
    _missed(past, stream, "1000-1", "1000-2")

    # When
    monkeypatch.setattr(past_module, "_FORGET", -1.0)
    _missed(past, stream, "1000-1", "1000-2")

    # Then
    assert stream.reads == [("1000-1", "1000-2")] * 2


def test_what_nobody_asked_for_lately_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    stream, past = Stream(event(1), event(2)), Past()
    _missed(past, stream, "1000-1", "1000-2")

    # When it was asked for just now, it is kept
    past.forget()
    _missed(past, stream, "1000-1", "1000-2")
    assert len(stream.reads) == 1

    # When it was not
    with monkeypatch.context() as later:
        later.setattr(past_module, "_FORGET", -1.0)
        past.forget()

    # Then
    assert _numbers(_missed(past, stream, "1000-1", "1000-2")) == [2]
    assert len(stream.reads) == 2


def test_too_much_is_not_told() -> None:
    # Given
    stream, past = Stream(*(event(n) for n in range(1, MOST + 2))), Past()

    # When / Then
    assert _missed(past, stream, "0-0", f"1000-{MOST + 1}") is None
    assert len(_missed(past, stream, "1000-1", f"1000-{MOST + 1}") or []) == MOST
    assert _missed(past, stream, "0-0", f"1000-{MOST + 1}", "b") == []
