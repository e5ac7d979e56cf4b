"""SIGTERM and SIGHUP end a program as Ctrl-C does: through its `finally`s."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def ending_orderly() -> Iterator[None]:
    """Around whatever breaks things, in the main thread: without it SIGTERM would leave them broken."""
    before = {number: signal.signal(number, _end) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    for one in _ENDING:  # once is enough: a second one would interrupt the healing
        signal.signal(one, signal.SIG_IGN)
    raise SystemExit(128 + number)
