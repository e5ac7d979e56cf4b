"""Makes waiting for the ledger and waiting for the broker one wait."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from longshore.errors import LedgerUnavailable

_PATIENCE: Final = 0.5


class Waker:
    """Turns the ledger's blocking wait into something to `select` on beside the broker's socket.

    Polling both in turn was the alternative: a poll short enough for a latency of a millisecond costs a
    tenth of a core on an idle machine.
    """

    def __init__(self, wait: Callable[[float], None]) -> None:
        """`wait(seconds)` blocks until there is work, at most for so long: `ledger.outbox.wait`."""
        self._wait_for_work = wait
        self._ours, self._theirs = socket.socketpair()
        self._ours.setblocking(False)
        self._armed = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="waker", daemon=True)
        self._thread.start()

    def wait(self, fd: int | None, timeout: float) -> bool:
        """Wait until there may be work, `fd` is readable, or `timeout` seconds have passed.

        Returns whether there may be work. The watch costs nothing while nobody waits.
        """
        self._armed.set()
        watched: list[Any] = [self._ours] if fd is None else [self._ours, fd]
        readable, _, _ = select.select(watched, [], [], timeout)
        if self._ours not in readable:
            return False
        with suppress(BlockingIOError):
            self._ours.recv(4096)
        return True

    def close(self) -> None:
        """End the watch, within half a second."""
        self._closed.set()
        self._armed.set()
        self._thread.join()
        self._ours.close()
        self._theirs.close()

    def _watch(self) -> None:
        while True:
            self._armed.wait()
            if self._closed.is_set():
                return
            self._armed.clear()
            try:
                self._wait_for_work(_PATIENCE)
            except LedgerUnavailable:
                self._closed.wait(_PATIENCE)  # the relay will notice by itself
            self._theirs.send(b"!")
