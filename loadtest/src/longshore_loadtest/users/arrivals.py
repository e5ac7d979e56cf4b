"""Arrivals: when each thing is to be done, decided beforehand and whatever the system answers.

A user who waits for an answer before the next request is one the system slows down: while it stalls nothing
is asked, nothing is measured, and the worst latencies are missing ("coordinated omission"). Here a user is a
source of arrivals. An arrival that is due is sent on a greenlet of its own, however many before it have no
answer yet, and its latency counts from when it was due: a stall delays all that were due in it and counts for
each. Where `outstanding` are in flight at once, later ones wait for a place, and that wait counts as well.
"""

import random
import time
from collections.abc import Callable, Iterator
from typing import Literal

import gevent
from gevent.pool import Pool

Spread = Literal["poisson", "even"]


def arrivals(rate: float, spread: Spread, seed: int | str, start: float = 0.0) -> Iterator[float]:
    """Times (s) from `start` on, without end, `rate` a second on average.

    Poisson arrivals of many users together are Poisson again, as those of independent people are; even ones
    begin anywhere within the first gap, so that users do not arrive in step.
    """
    chance = random.Random(seed)
    gap = 1.0 / rate
    due = start + (chance.random() * gap if spread == "even" else chance.expovariate(rate))
    while True:
        yield due
        due += gap if spread == "even" else chance.expovariate(rate)


class Slots:
    """Names for what goes on at once: a history's processes ask one thing at a time each."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._free: list[str] = []
        self._made = 0

    def take(self) -> str:
        """A name that nobody has."""
        if self._free:
            return self._free.pop()
        self._made += 1
        return f"{self._name}.{self._made}"

    def give_back(self, name: str) -> None:
        """Nobody has it any more."""
        self._free.append(name)


class Spawner:
    """Runs what is due, each on a greenlet of its own. Times are `time.monotonic`'s, s."""

    def __init__(self, due: Iterator[float], outstanding: int, name: str) -> None:
        self._arrivals = due
        self._next = next(due)
        self._pool = Pool(outstanding)
        self._slots = Slots(name)

    @property
    def wait(self) -> float:
        """Seconds until the next arrival; 0 if it is late."""
        return max(0.0, self._next - time.monotonic())

    def spawn(self, act: Callable[[float, str], None]) -> None:
        """Begin `act(due, process)` for the next arrival. Waits only for a place among the outstanding."""
        due, self._next = self._next, next(self._arrivals)
        self._pool.spawn(self._run, act, due)

    def finish(self, seconds: float) -> int:
        """Wait for what is in flight; returns how many were left after `seconds`."""
        self._pool.join(timeout=seconds)
        left = len(self._pool)
        self._pool.kill()
        return left

    def _run(self, act: Callable[[float, str], None], due: float) -> None:
        gevent.sleep(max(0.0, due - time.monotonic()))
        process = self._slots.take()
        try:
            act(due, process)
        finally:
            self._slots.give_back(process)
