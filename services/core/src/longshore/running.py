"""What a task can ask about itself while a worker runs it."""

import math
import numbers
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from longshore.errors import NoCurrentTask

Number = int | float | Decimal | Fraction


class Sink(Protocol):
    """Where a running task's words go. The worker brings one (a pool child's writes to shared memory)."""

    def progress(self, done: int, total: int) -> None:
        """Note how far the task is. Called as often as the task likes: must be cheap and never block."""

    def cancelled(self) -> bool:
        """Whether someone asked for this task to stop. Called in loops: must be cheap and never block."""


@dataclass(frozen=True, slots=True)
class Current:
    """The task that is running: `longshore.current()`."""

    id: str
    attempt: int
    """1 for the first try, one more after each failure that is retried."""
    sink: Sink

    def progress(self, done: Number, total: Number) -> None:
        """Show that `done` of `total` is behind us: any finite numbers. A total of 0 shows nothing.

        What is not whole is shown in thousandths: 0.5 of 1 is 500 of 1000. Raises TypeError for what is no
        number.
        """
        if type(done) is not int or type(total) is not int:
            done, total = _whole(done, total)
        self.sink.progress(done, total)

    def cancelled(self) -> bool:
        """Whether someone cancelled this task: a good moment to tidy up and return.

        A prefork worker ends a task that does not; one that runs threads can only wait for it.
        """
        return self.sink.cancelled()


def _whole(done: object, total: object) -> tuple[int, int]:
    pair = _finite("done", done), _finite("total", total)
    scale = 1 if all(number.is_integer() for number in pair) else 1000
    return round(pair[0] * scale), round(pair[1] * scale)


def _finite(name: str, value: object) -> float:
    if isinstance(value, numbers.Number):
        with suppress(TypeError, ValueError, OverflowError):
            number = float(value)  # type: ignore[arg-type]  # a complex one raises
            if math.isfinite(number * 1000):
                return number
    raise TypeError(f"progress(done, total) takes two finite numbers; {name} is {repr(value)[:80]}")


_running: ContextVar[Current] = ContextVar("longshore_running")


@contextmanager
def enter(current: Current) -> Iterator[Current]:
    """Make `current` the running task of this thread: the worker's seam, and that of a task's own tests."""
    token = _running.set(current)
    try:
        yield current
    finally:
        _running.reset(token)


def current() -> Current:
    """Return the task that is running here; raises NoCurrentTask outside a worker."""
    try:
        return _running.get()
    except LookupError:
        raise NoCurrentTask from None
