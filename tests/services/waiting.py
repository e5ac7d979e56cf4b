"""Waiting on conditions, never on time."""

import threading
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Eventually(Protocol):
    """The type of the fixture `eventually`."""

    def __call__(self, condition: Callable[[], T], within: float = 30.0, every: float = 0.02) -> T:
        """Wait for a condition."""
        ...


class Steadily(Protocol):
    """The type of the fixture `steadily`."""

    def __call__(self, condition: Callable[[], T], during: float = 1.0, every: float = 0.05) -> T:
        """Watch a condition."""
        ...


_clock = threading.Event()  # never set: its wait is the pause between two looks


def eventually(condition: Callable[[], T], within: float = 30.0, every: float = 0.02) -> T:
    """Return the first true value of `condition`; after `within` seconds fail and tell the last one seen.

    The time is generous: only what is broken takes so long, however busy the machine is. A condition that
    raises AssertionError or a connection's error is one that does not hold yet.
    """
    deadline = time.monotonic() + within
    while True:
        last: object
        try:
            value = condition()
        except (AssertionError, OSError) as error:
            last = error
        else:
            if value:
                return value
            last = value
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {within:g} s; last seen: {last!r}")
        _clock.wait(every)


def steadily(condition: Callable[[], T], during: float = 1.0, every: float = 0.05) -> T:
    """Look at `condition` for `during` seconds, fail at the first false value, return the last."""
    deadline = time.monotonic() + during
    looks = 0
    while True:
        value = condition()
        looks += 1
        if not value:
            raise AssertionError(f"held for {looks - 1} looks, then: {value!r}")
        if time.monotonic() >= deadline:
            return value
        _clock.wait(every)
