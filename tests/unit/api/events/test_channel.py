"""The thread that feeds streams."""

import threading

from longshore.errors import LedgerUnavailable
from longshore_api.events.overview import Newest, OverviewChannel
from longshore_api.events.stream import Stream
from tests.services.waiting import Eventually


class Ledger:
    """What makes snapshots, and goes away when it is told to."""

    def __init__(self) -> None:
        self.away = False
        self.broken = False
        self.made = 0

    def make(self) -> bytes:
        """A snapshot."""
        if self.broken:
            raise ZeroDivisionError
        if self.away:
            raise LedgerUnavailable(url="redis://nowhere", reason="gone")
        self.made += 1
        return b"%d" % self.made


class Reader:
    """Who reads a stream."""

    def __init__(self, stream: Stream[Newest]) -> None:
        self.text = b""
        self._thread = threading.Thread(target=lambda: self._read(stream), daemon=True)
        self._thread.start()

    def _read(self, stream: Stream[Newest]) -> None:
        for piece in stream:
            self.text += piece

    def ended(self) -> bool:
        """Whether the stream has ended."""
        return not self._thread.is_alive()


def test_a_stream_opens_with_a_snapshot(eventually: Eventually) -> None:
    # Given
    channel = OverviewChannel(Ledger().make)

    # When
    reader = Reader(channel.open())

    # Then
    eventually(lambda: reader.text.startswith(b"retry: 1000\n\nevent: snapshot\ndata: 1\n\n"))
    channel.stop()


def test_a_snapshot_is_made_once_for_all(eventually: Eventually) -> None:
    # Given
    ledger = Ledger()
    channel = OverviewChannel(ledger.make)
    readers = [Reader(channel.open()) for _ in range(20)]

    # When / Then
    eventually(lambda: all(b"data: 3\n" in reader.text for reader in readers))
    assert ledger.made < 20
    channel.stop()


def test_nothing_is_made_while_nobody_listens(eventually: Eventually) -> None:
    # Given
    ledger = Ledger()
    channel = OverviewChannel(ledger.make)
    assert ledger.made == 0
    stream = channel.open()

    # When
    channel.leave(stream)

    # Then the thread ends, and begins anew with the next
    eventually(lambda: not channel._running)
    made = ledger.made
    reader = Reader(channel.open())
    eventually(lambda: b"data: %d\n" % (made + 1) in reader.text)
    channel.stop()


def test_an_outage_is_told_once_and_ends_with_a_reset(eventually: Eventually) -> None:
    # Given
    ledger = Ledger()
    ledger.away = True
    channel = OverviewChannel(ledger.make)
    reader = Reader(channel.open())
    eventually(lambda: b"event: away" in reader.text)

    # When
    ledger.away = False

    # Then
    eventually(lambda: b"event: snapshot" in reader.text)
    assert reader.text.count(b"event: away") == reader.text.count(b"event: reset") == 1
    assert b'"The ledger does not answer"' in reader.text
    channel.stop()


def test_a_defect_does_not_silence_a_stream_for_ever(eventually: Eventually) -> None:
    # Given
    ledger = Ledger()
    channel = OverviewChannel(ledger.make)
    reader = Reader(channel.open())

    # When
    ledger.broken = True
    eventually(lambda: b"event: away" in reader.text)
    ledger.broken = False

    # Then
    eventually(lambda: reader.text.rfind(b"event: snapshot") > reader.text.find(b"event: reset") > 0)
    channel.stop()


def test_a_stop_ends_all_streams_and_those_that_come_later(eventually: Eventually) -> None:
    # Given
    channel = OverviewChannel(Ledger().make)
    readers = [Reader(channel.open()) for _ in range(3)]

    # When
    channel.stop()
    readers.append(Reader(channel.open()))

    # Then
    eventually(lambda: all(reader.ended() for reader in readers))
