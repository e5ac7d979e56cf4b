"""What a user waits for, as Locust's own metrics: in its table, its charts and its CSV files.

They stand beside the requests with a type of their own: `TASK end to end` from when a submission was due
until its result was here; `TASK queue wait` from when a task could start until it did, by the ledger's one
clock; `BATCH whole file` from when an upload was due until every line of its output was here.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # it would patch whoever imports it
    from collections.abc import Callable

    from locust.env import Environment


class NotInTime(Exception):
    """It has not ended."""


class Timing:
    """Tells Locust."""

    def __init__(self, environment: "Environment") -> None:
        self._fire: Callable[..., None] = environment.events.request.fire

    def end_to_end(self, seconds: float, error: Exception | None = None) -> None:
        """A task's result was here after `seconds`, or was given up then."""
        self._tell("TASK", "end to end", seconds, error)

    def queue_wait(self, task: dict[str, Any]) -> None:
        """A task of one attempt, as the API shows it, has ended. Of more, only the last start is known."""
        if task.get("attempt") != 1 or task.get("deliveries") != 1:
            return
        started, submitted = task.get("started_at"), task.get("due_at") or task.get("submitted_at")
        if started and submitted:
            self._tell("TASK", "queue wait", max(0.0, _seconds(started) - _seconds(submitted)), None)

    def batch(self, seconds: float, size: int, error: Exception | None = None) -> None:
        """A file's output of `size` bytes was here after `seconds`, or was given up then."""
        self._tell("BATCH", "whole file", seconds, error, size)

    def _tell(self, kind: str, name: str, seconds: float, error: Exception | None, size: int = 0) -> None:
        self._fire(
            request_type=kind,
            name=name,
            response_time=seconds * 1000,
            response_length=size,
            exception=error,
            context={},
        )


def _seconds(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
