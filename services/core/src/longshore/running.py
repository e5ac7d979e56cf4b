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
    """Where a running task reports, and learns that it was cancelled.

    A worker brings one; a task's own tests bring theirs.
    """

    def progress(self, done: int, total: int) -> None:
        """Note how far the task is.

        It is called as often as the task likes, so it must be cheap and never block.

        Args:
            done: What is done, 0 or more.
            total: All there is to do, in the same unit; 0 if that is unknown.
        """

    def cancelled(self) -> bool:
        """Whether someone cancelled the task. It is called in loops, so it must be cheap and never block."""


@dataclass(frozen=True, slots=True)
class Current:
    """The task that is running, as `longshore.current()` returns it.

    Attributes:
        id: The task's id.
        attempt: 1 for the first attempt, one more after each failure that is retried.
        sink: Where progress goes.
    """

    id: str
    attempt: int
    sink: Sink

    def progress(self, done: Number, total: Number) -> None:
        """Show how far the task is, on the page and to clients.

        Args:
            done: What is done, a finite number. Fractions are shown in thousandths: 0.5 of 1 is 500 of 1000.
            total: All there is to do, in the same unit. 0 shows nothing.

        Raises:
            TypeError: One of them is no finite number.
        """
        if type(done) is not int or type(total) is not int:
            done, total = _whole(done, total)
        self.sink.progress(done, total)

    def cancelled(self) -> bool:
        """Whether someone cancelled this task: a good moment to tidy up and return.

        A worker with the prefork pool stops a task that does not; one with the threads pool can only wait.
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
    """Make `current` the running task of this thread, in a test or in a thread that a task starts.

    Args:
        current: What `longshore.current()` returns until the block ends.

    Yields:
        The same.

    Example:
        ```python
        from longshore import current
        from longshore.running import Current, enter


        class Recorder:
            def progress(self, done: int, total: int) -> None:
                print(f"{done} of {total}")

            def cancelled(self) -> bool:
                return False


        with enter(Current(id="test", attempt=1, sink=Recorder())):
            current().progress(1, 2)
        ```
    """
    token = _running.set(current)
    try:
        yield current
    finally:
        _running.reset(token)


def current() -> Current:
    """Return the task that is running here.

    Returns:
        The task of this thread.

    Raises:
        NoCurrentTask: No task is running in this thread.

    Example:
        ```python
        from longshore import current, task


        @task
        def resize(paths: list[str]) -> int:
            for number, path in enumerate(paths):
                if current().cancelled():
                    return number
                print(path)
                current().progress(number + 1, len(paths))
            return len(paths)
        ```
    """
    try:
        return _running.get()
    except LookupError:
        raise NoCurrentTask from None
