"""Waiting for the ledger and for the broker at once."""

import queue
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from longshore.errors import LedgerUnavailable
from longshore_scheduler import waker as waker_module
from longshore_scheduler.waker import Waker
from tests.services.waiting import Eventually

LONG = 30.0


class Bell:
    """The ledger's blocking wait, rung by the test."""

    def __init__(self) -> None:
        self.rings: queue.Queue[Exception | None] = queue.Queue()
        self.waits = 0

    def wait(self, timeout: float) -> None:
        self.waits += 1
        try:
            error = self.rings.get(timeout=timeout)
        except queue.Empty:
            return
        if error:
            raise error


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> Bell:
    monkeypatch.setattr(waker_module, "_PATIENCE", LONG)
    return Bell()


@pytest.fixture
def waker(bell: Bell) -> Iterator[Waker]:
    opened = Waker(bell.wait)
    yield opened
    bell.rings.put(None)
    opened.close()


def test_the_bell_ends_the_wait(waker: Waker, bell: Bell) -> None:
    # Given nothing to read
    bell.rings.put(None)

    # When somebody waits
    began = time.monotonic()
    rung = waker.wait(None, LONG)

    # Then the bell wakes him
    assert rung
    assert time.monotonic() - began < LONG


def test_a_readable_socket_ends_the_wait_without_the_bell(waker: Waker) -> None:
    # Given a socket with something to read
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"!")

        # When somebody waits for it / Then he is woken, and not by the bell
        assert not waker.wait(ours.fileno(), LONG)


def test_the_wait_ends_by_itself(waker: Waker) -> None:
    assert not waker.wait(None, 0.01)


def test_nobody_listens_while_nobody_waits(waker: Waker, bell: Bell, eventually: Eventually) -> None:
    # Given a ring that was heard
    assert bell.waits == 0
    bell.rings.put(None)
    assert waker.wait(None, LONG)
    eventually(bell.rings.empty)

    # When nobody waits / Then the ledger is not asked again until somebody does
    assert bell.waits == 1
    assert not waker.wait(None, 0.01)
    eventually(lambda: bell.waits == 2)


def test_rings_are_heard_once_however_many(waker: Waker, bell: Bell) -> None:
    # Given several rings while somebody waits
    bell.rings.put(None)
    assert waker.wait(None, LONG)
    bell.rings.put(None)
    assert waker.wait(None, LONG)

    # When there are no more / Then the next wait is a wait
    assert not waker.wait(None, 0.01)


def test_a_ledger_that_is_away_does_not_end_the_watch(
    waker: Waker, bell: Bell, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a ledger that is away for a moment
    monkeypatch.setattr(waker_module, "_PATIENCE", 0.01)
    bell.rings.put(LedgerUnavailable(url="redis://stub", reason="told so"))
    assert waker.wait(None, LONG)

    # When it is back
    bell.rings.put(None)

    # Then it is heard again
    assert waker.wait(None, LONG)


def test_closing_ends_its_thread(bell: Bell) -> None:
    # Given a waker that nobody waits on
    before = threading.active_count()
    opened = Waker(bell.wait)

    # When it is closed
    opened.close()

    # Then nothing is left
    assert threading.active_count() == before
