"""Wakes the loop from a signal's handler.

A handler runs in the loop's own thread, between two instructions of it: the hub would take its `call_soon`
for the loop's own and poll on, for up to a second. A byte in a pipe ends the poll at once.
"""

import os
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any


class Wake:
    """A pipe that the hub reads."""

    def __init__(self, hub: Any) -> None:
        self._hub = hub
        self._calls: deque[Callable[[], None]] = deque()
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def listen(self) -> None:
        """Have the hub read the pipe; again after each lost connection, with which it forgets its readers."""
        self._hub.add_reader(self._reading, self._read)

    def call(self, function: Callable[[], None]) -> None:
        """Have the loop call a function."""
        self._calls.append(function)
        with suppress(BlockingIOError):
            os.write(self._writing, b"\0")

    def _read(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._reading, 4096)
        while self._calls:
            self._calls.popleft()()
