"""How long to wait before trying again."""

import random
from typing import Final

_FIRST: Final = 0.1
_LONGEST: Final = 5.0


class Backoff:
    """Pauses that double from 0.1 s to 5 s, each shortened by chance so that replicas do not come in step."""

    def __init__(self) -> None:
        self._pause = _FIRST

    def next(self) -> float:
        """The next pause, s: between a half and the whole of the current step."""
        pause, self._pause = self._pause, min(self._pause * 2, _LONGEST)
        return pause * random.uniform(0.5, 1.0)

    def reset(self) -> None:
        """It worked: start over."""
        self._pause = _FIRST
