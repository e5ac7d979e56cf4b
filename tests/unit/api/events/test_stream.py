"""One client's stream."""

import threading

import pytest

from longshore_api.events.overview import Newest
from longshore_api.events.stream import Stream
from tests.services.waiting import Eventually


class Clock:
    """Time that stands still until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The stream's time."""
    return Clock()


@pytest.fixture
def stream(clock: Clock) -> Stream[Newest]:
    """A stream of snapshots."""
    return Stream(Newest(), clock)


def _put(stream: Stream[Newest], text: bytes) -> None:
    stream.offer(lambda newest, now: newest.put(text, now))


def test_words_come_before_the_content(stream: Stream[Newest]) -> None:
    # Given
    _put(stream, b"content")
    stream.say(b"one ")
    stream.say(b"two ")

    # When / Then
    assert next(iter(stream)) == b"one two content"


def test_a_reader_waits_for_what_comes(stream: Stream[Newest], eventually: Eventually) -> None:
    # Given
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.extend(stream))
    reader.start()

    # When
    _put(stream, b"first")

    # Then
    eventually(lambda: read == [b"first"])
    stream.end()
    reader.join(10)
    assert not reader.is_alive()


def test_what_was_said_is_sent_before_the_end(stream: Stream[Newest]) -> None:
    # Given
    stream.say(b"last")
    stream.end()
    stream.say(b"too late")

    # When / Then
    assert list(stream) == [b"last"]


def test_a_client_that_does_not_read_is_dropped(stream: Stream[Newest], clock: Clock) -> None:
    # Given a client that was sent something, and never comes for more
    pieces = iter(stream)
    _put(stream, b"first")
    assert next(pieces) == b"first"

    # When more comes for long
    clock.now += 29
    _put(stream, b"second")
    assert not stream.was_dropped
    clock.now += 2
    _put(stream, b"third")

    # Then, should it read on, this is all that it hears
    assert stream.was_dropped
    assert list(pieces) == [b'event: dropped\ndata: {"reason":"what was sent was not read"}\n\n']


def test_a_client_that_reads_now_and_then_is_not_dropped(stream: Stream[Newest], clock: Clock) -> None:
    # Given
    pieces = iter(stream)

    # When
    for _ in range(5):
        _put(stream, b"old")
        _put(stream, b"new")
        assert next(pieces) == b"new"
        clock.now += 25

    # Then
    assert not stream.was_dropped


def test_a_client_with_nothing_to_read_is_not_dropped(stream: Stream[Newest], clock: Clock) -> None:
    # Given
    pieces = iter(stream)

    # When
    clock.now += 500
    _put(stream, b"at last")

    # Then
    assert next(pieces) == b"at last"


def test_silence_is_broken_by_a_beat(stream: Stream[Newest], clock: Clock, eventually: Eventually) -> None:
    # Given a reader that waits
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.extend(stream))
    reader.start()

    # When nothing comes for long
    def time_goes_on() -> bool:
        clock.now += 5
        stream.say(b"")  # it looks at the time
        return b":\n\n" in read

    # Then
    eventually(time_goes_on)
    stream.end()
    reader.join(10)


def test_a_stream_does_not_outlive_its_key_for_long(stream: Stream[Newest], clock: Clock) -> None:
    # Given
    clock.now += 900
    _put(stream, b"last")

    # When / Then: its client comes back, and is asked for the key
    assert list(stream) == [b"last:\n\n"]
