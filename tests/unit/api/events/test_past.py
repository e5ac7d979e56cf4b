"""What was missed is read once."""

from typing import Any

import pytest

from longshore.ledger.events import position
from longshore.ledger.shapes import Event
from longshore_api.events import past as past_module
from longshore_api.events.filter import Filter
from longshore_api.events.past import MOST, Past

from .happening import event


class Stream:
    """The ledger's stream."""

    def __init__(self, *events: Event) -> None:
        self.events = list(events)
        self.reads: list[str] = []

    def read(self, after: str, count: int) -> list[Event]:
        """What is kept behind `after`."""
        self.reads.append(after)
        return [each for each in self.events if position(each.id) > position(after)][:count]


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


def test_who_comes_back_at_once_costs_no_more_than_was_missed() -> None:
    # Given
    stream = Stream(*(event(n) for n in range(1, 9)))
    past = Past()

    # When
    missed = _missed(past, stream, "1000-5", "1000-8")

    # Then
    assert _numbers(missed) == [6, 7, 8]
    assert stream.reads == ["1000-5"]

    # When more has happened, that alone is read
    stream.events.append(event(9))
    assert _numbers(_missed(past, stream, "1000-7", "1000-9")) == [8, 9]
    assert stream.reads == ["1000-5", "1000-8"]


def test_many_who_come_back_cost_two_reads() -> None:
    # Given
    stream = Stream(*(event(n) for n in range(1, 9)))
    past = Past()

    # When each has missed more than the one before
    found = [_missed(past, stream, f"1000-{n}", "1000-8") for n in (5, 3, 1)]

    # Then
    assert [_numbers(missed)[0] for missed in found] == [6, 4, 2]
    assert stream.reads == ["1000-5", "0-0"]


def test_it_is_read_anew_when_nobody_asked_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    stream, past = Stream(event(1), event(2)), Past()
    _missed(past, stream, "1000-1", "1000-2")

    # When
    monkeypatch.setattr(past_module, "_FORGET", -1.0)
    _missed(past, stream, "1000-1", "1000-2")

    # Then
    assert stream.reads == ["1000-1", "1000-1"]


def test_what_nobody_asked_for_lately_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    stream, past = Stream(event(1), event(2)), Past()
    _missed(past, stream, "1000-1", "1000-2")

    # When it was asked for just now, it is kept
    past.forget()
    _missed(past, stream, "1000-1", "1000-2")
    assert stream.reads == ["1000-1"]

    # When it was not
    with monkeypatch.context() as later:
        later.setattr(past_module, "_FORGET", -1.0)
        past.forget()

    # Then
    assert _numbers(_missed(past, stream, "1000-1", "1000-2")) == [2]
    assert stream.reads == ["1000-1", "1000-1"]


def test_too_much_is_not_told() -> None:
    # Given
    stream, past = Stream(*(event(n) for n in range(1, MOST + 2))), Past()

    # When / Then
    assert _missed(past, stream, "0-0", f"1000-{MOST + 1}") is None
    assert len(_missed(past, stream, "1000-1", f"1000-{MOST + 1}") or []) == MOST
    assert _missed(past, stream, "0-0", f"1000-{MOST + 1}", "b") == []
