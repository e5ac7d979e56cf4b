"""The one reader of the ledger's events."""

import queue
import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from longshore.errors import LedgerUnavailable
from longshore_api.events import past as past_module
from longshore_api.events.filter import Filter
from longshore_api.events.tasks import TaskChannel
from longshore_ledger.events import Place
from longshore_ledger.shapes import Event
from tests.services.waiting import Eventually, Steadily

from .happening import event


class Source:
    """The ledger's events, as the test says."""

    def __init__(self) -> None:
        self.next: queue.Queue[list[Event]] = queue.Queue()
        self.kept: list[Event] = []
        self.where = Place.KEPT
        self.places = 0
        self.reads = 0

    def last_id(self) -> str:
        """Of the last that is kept; "0" where nothing has happened yet."""
        return self.kept[-1].id if self.kept else "0"

    def place(self, _: str) -> Place:
        """As the test says."""
        self.places += 1
        return self.where

    def read(self, _: str, *, count: int, block: float | None = None) -> list[Event]:
        """What the test has put in."""
        assert count
        self.reads += 1
        try:
            return self.next.get(timeout=0.05 if block else 0)
        except queue.Empty:
            return []

    def between(self, _: str, __: str, count: int) -> list[Event]:
        """All that is kept."""
        return self.kept[:count]


@pytest.fixture
def source() -> Source:
    """What happens."""
    return Source()


@pytest.fixture
def channel(source: Source) -> Iterator[TaskChannel]:
    """A channel of it."""
    ledger: Any = SimpleNamespace(events=source)
    made = TaskChannel(lambda: ledger)
    yield made
    made.stop()


class Reader:
    """Who reads a stream."""

    def __init__(self, stream: Any) -> None:
        self.text = ""
        threading.Thread(target=lambda: self._read(stream), daemon=True).start()

    def _read(self, stream: Any) -> None:
        for piece in stream:
            self.text += piece.decode()


def test_a_reader_that_fell_behind_says_so(
    channel: TaskChannel, source: Source, eventually: Eventually
) -> None:
    # Given
    reader = Reader(channel.open(Filter(id="b"), None))
    eventually(lambda: "id: 0-0" in reader.text)

    # When it reads all that it can at a time, and what came before that is forgotten
    source.where = Place.TRIMMED
    source.next.put([event(n) for n in range(1, 1001)])

    # Then
    eventually(lambda: "event: reset\nid: 1000-1000\n" in reader.text)
    assert "more happened than could be read" in reader.text


def test_a_reader_that_keeps_up_does_not_ask(
    channel: TaskChannel, source: Source, eventually: Eventually
) -> None:
    # Given
    reader = Reader(channel.open(Filter(id="a"), None))
    source.where = Place.TRIMMED

    # When
    source.next.put([event(1), event(2)])

    # Then
    eventually(lambda: "id: 1000-2" in reader.text)
    assert (source.places, "reset" in reader.text) == (0, False)


def test_nothing_is_read_while_nobody_listens(
    channel: TaskChannel, source: Source, eventually: Eventually, steadily: Steadily
) -> None:
    # Given
    stream = channel.open(Filter(id="a"), None)
    eventually(lambda: source.reads > 1)

    # When
    channel.leave(stream)

    # Then
    eventually(lambda: not channel._running)
    before = source.reads
    steadily(lambda: source.reads == before, during=0.3)


def test_a_ledger_that_goes_away_while_one_comes_back_resets(
    channel: TaskChannel, source: Source, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    # Given
    def gone(_: str) -> Place:
        raise LedgerUnavailable(url="redis://nowhere", reason="gone")

    monkeypatch.setattr(source, "place", gone)

    # When
    reader = Reader(channel.open(Filter(id="a"), "1000-1"))

    # Then
    eventually(lambda: "event: reset\n" in reader.text)
    assert "The ledger does not answer" in reader.text


def test_what_was_missed_is_let_go_with_the_last_who_listens(channel: TaskChannel, source: Source) -> None:
    # Given: one who stays, and one who has come back and was told
    source.kept = [event(1), event(2)]
    staying = channel.open(Filter(id="a"), None)
    back = channel.open(Filter(id="a"), "1000-1")
    assert channel._past._events

    # When
    channel.leave(back)
    assert channel._past._events
    channel.leave(staying)

    # Then
    assert not channel._past._events


def test_what_was_missed_is_let_go_while_others_listen(
    channel: TaskChannel, source: Source, monkeypatch: pytest.MonkeyPatch, eventually: Eventually
) -> None:
    # Given
    source.kept = [event(1), event(2)]
    channel.open(Filter(id="a"), "1000-1")
    assert channel._past._events

    # When nobody has come back for long
    monkeypatch.setattr(past_module, "_FORGET", -1.0)

    # Then
    eventually(lambda: not channel._past._events)
