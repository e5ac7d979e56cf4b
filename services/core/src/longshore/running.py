"""What a task can ask about itself while a worker runs it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

from longshore.errors import NoCurrentTask


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

    def progress(self, done: int, total: int) -> None:
        """Show that `done` of `total` is behind us."""
        self.sink.progress(done, total)

    def cancelled(self) -> bool:
        """Whether someone cancelled this task: a good moment to tidy up and return.

        A prefork worker ends a task that does not; one that runs threads can only wait for it.
        """
        return self.sink.cancelled()


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
