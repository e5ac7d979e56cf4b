"""A submitted task: waiting for it, and what it came to."""

import math
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from longshore.api_types import Failure
from longshore.client.problems import StillRunning, TaskFailed, TaskRevoked
from longshore.client.shapes import Task
from longshore.client.transport import Transport
from longshore.states import TERMINAL, State

_LONGEST_WAIT: Final = 20.0
"""Seconds one request may wait at the API: less than proxies allow a silent connection."""


class Tasks(Protocol):
    """Of a `Client`, what a handle asks it."""

    def task(self, task_id: str) -> Task:
        """See `Client.task`, and so on."""

    def wait(self, task_id: str, timeout: float | None = None) -> Task: ...  # noqa: D102

    def result(self, task_id: str, timeout: float | None = None) -> Any: ...  # noqa: D102

    def cancel(self, task_id: str) -> Task: ...  # noqa: D102

    def retry(self, task_id: str) -> Task: ...  # noqa: D102


class Handle:
    """A task that was accepted. `repeated` says that this id was on record already, with the same payload."""

    def __init__(self, client: Tasks, task_id: str, *, repeated: bool = False) -> None:
        self._client = client
        self.id = task_id
        self.repeated = repeated

    def __repr__(self) -> str:
        return f"Handle({self.id!r})"

    def status(self) -> Task:
        """The task as it is now."""
        return self._client.task(self.id)

    def wait(self, timeout: float | None = None) -> Task:
        """The task once it has ended, well or not; StillRunning after `timeout` s."""
        return self._client.wait(self.id, timeout)

    def result(self, timeout: float | None = None) -> Any:
        """What the function returned. Raises TaskFailed, TaskRevoked, or StillRunning after `timeout` s."""
        return self._client.result(self.id, timeout)

    def cancel(self) -> Task:
        """Cancel it; a running one ends when it notices or, in a prefork pool, is killed."""
        return self._client.cancel(self.id)

    def retry(self) -> Task:
        """Run it once more after FAILURE or REVOKED."""
        return self._client.retry(self.id)


def wait(
    transport: Transport, task_id: str, timeout: float | None, watch: Callable[[Task], None] | None
) -> Task:
    """Ask, each time for as long as the API may hold the answer back, until the task has ended."""
    began = time.monotonic()
    longest = 1.0 if watch else _LONGEST_WAIT
    while True:
        left = math.inf if timeout is None else began + timeout - time.monotonic()
        hold = max(0.0, min(longest, left))
        path = f"/v1/tasks/{task_id}/result"
        task = transport.ask(Task, "GET", path, params={"wait": f"{hold:.3f}"}, wait=hold)
        if watch:
            watch(task)
        if task.state in TERMINAL:
            return task
        if timeout is not None and time.monotonic() - began >= timeout:
            raise StillRunning(kind="Task", id=task_id, state=task.state.value, seconds=timeout)


def result_of(task: Task) -> Any:
    """The result of an ended task, or its failure as an exception."""
    if task.state is State.SUCCESS:
        return task.result
    if task.state is State.REVOKED:
        raise TaskRevoked(id=task.id)
    error = task.error or Failure("Error", "no reason is on record")
    raise TaskFailed(
        id=task.id,
        attempt=task.attempt,
        type=error.type,
        message=error.message,
        traceback=error.traceback,
    )
