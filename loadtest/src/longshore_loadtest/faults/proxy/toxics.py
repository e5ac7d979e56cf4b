"""What is wrong with a way."""

import random
import time
from typing import Final

from msgspec import Struct

_RESENT_AFTER: Final = 0.2
"""Seconds until TCP sends a lost packet again, the first time; twice as long each time after."""
_GIVEN_UP: Final = 6
"""Losses of one packet after which it takes the connection for broken."""


class Toxics(Struct, frozen=True, omit_defaults=True):
    """All zero: nothing is wrong."""

    delay: float = 0.0
    """Seconds by which each piece is late."""
    jitter: float = 0.0
    """Up to so many more."""
    loss: float = 0.0
    """Chance that a piece is lost once; lost again with the same chance."""
    cut: bool = False
    """Nothing passes, and nobody is told."""
    seconds: float = 0.0
    """After which all is well again, whoever forgets to say so; 0: when told."""


class BrokenOff(Exception):
    """The connection is to be broken off: a packet was lost too often."""


class Way:
    """The toxics in force now."""

    def __init__(self) -> None:
        self._toxics = Toxics()
        self._until = 0.0

    def set(self, toxics: Toxics) -> None:
        """From now on."""
        self._until = time.monotonic() + toxics.seconds if toxics.seconds else float("inf")
        self._toxics = toxics

    def get(self) -> Toxics:
        """Those in force."""
        return self._toxics if time.monotonic() < self._until else Toxics()

    def lateness(self, chance: random.Random) -> float:
        """Seconds by which the next piece is late. Raises BrokenOff."""
        toxics = self.get()
        late = toxics.delay + toxics.jitter * chance.random()
        lost = 0
        while toxics.loss and chance.random() < toxics.loss:
            late += _RESENT_AFTER * 2**lost
            lost += 1
            if lost == _GIVEN_UP:
                raise BrokenOff
        return late
