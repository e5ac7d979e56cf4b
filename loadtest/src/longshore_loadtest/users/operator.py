"""Cancels, retries, pauses and resumes."""

import time
from collections import deque
from http import HTTPStatus
from typing import ClassVar, Final

import gevent
import msgspec
from locust import task

from longshore_loadtest.history.record import Call
from longshore_loadtest.marks.answers import MARK, QUEUE
from longshore_loadtest.users.source import Source
from longshore_loadtest.users.work import submission

_NOTHING_TO_RETRY: Final = frozenset({HTTPStatus.CONFLICT})
_PAUSED: Final = (0.2, 1.0, 3.0, 3.0)
"""Seconds that the queue is paused."""
_AGAIN: Final = 0.5
_LONG: Final = 2
"""Seconds that a task takes which is cancelled while it runs."""


class Operator(Source):
    """One, beside the users that are asked for: now and then it does what an operator does."""

    fixed_count = 1
    kind: ClassVar[str] = "operator"
    rate: ClassVar[float | None] = 0.5

    def __init__(self, *words: object, **options: object) -> None:
        super().__init__(*words, **options)
        self._cancelled = deque[str](maxlen=100)

    @task(10)
    def cancel(self) -> None:
        """Cancel a task that was accepted lately."""
        self.spawner.spawn(self._cancel)

    @task(3)
    def cancel_running(self) -> None:
        """Cancel a task in the middle of its run."""
        self.spawner.spawn(self._cancel_running)

    @task(5)
    def retry(self) -> None:
        """Run again what was cancelled."""
        self.spawner.spawn(self._retry)

    @task(1)
    def pause(self) -> None:
        """Pause the load's queue for a moment."""
        self.spawner.spawn(self._pause)

    def _cancel(self, due: float, process: str) -> None:
        if not self.book.accepted:
            return
        # Of the newest, most of which have not begun.
        newest = len(self.book.accepted) - 1
        id = self.book.accepted[newest - self.book.chance.randrange(min(20, newest + 1))]
        self._cancel_task(id, due, process)

    def _cancel_running(self, due: float, process: str) -> None:
        """Of a task of its own, which is urgent and takes long: it has begun before it is cancelled."""
        value = self.book.chance.randrange(2**31)
        call = Call(id=self.book.new_id("c"), task=MARK, args=[value, _LONG * 1000], priority=9)
        operation, answer = self.asker.operation(
            process,
            "submit",
            "POST",
            "/v1/tasks",
            name="/v1/tasks (to be cancelled)",
            due=due,
            body=msgspec.json.encode(submission(call)),
            calls=[call],
        )
        if answer.known != "ok":
            return
        self.book.ok(operation, answer.status)
        gevent.sleep(_LONG / 2)
        self._cancel_task(call.id, None, process)

    def _cancel_task(self, id: str, due: float | None, process: str) -> None:
        operation, answer = self.asker.operation(
            process,
            "cancel",
            "POST",
            f"/v1/tasks/{id}/cancel",
            name="/v1/tasks/[id]/cancel",
            due=due,
            ids=[id],
        )
        if answer.known == "ok":
            self.book.ok(operation, answer.status)
            self._cancelled.append(id)

    def _retry(self, due: float, process: str) -> None:
        if not self._cancelled:
            return
        id = self._cancelled.popleft()
        operation, answer = self.asker.operation(
            process,
            "retry",
            "POST",
            f"/v1/tasks/{id}/retry",
            name="/v1/tasks/[id]/retry",
            due=due,
            fine=_NOTHING_TO_RETRY,
            ids=[id],
        )
        if answer.known == "ok":
            self.book.ok(operation, answer.status)

    def _pause(self, due: float, process: str) -> None:
        try:
            self._switch("pause", due, process)
            gevent.sleep(self.book.chance.choice(_PAUSED))
        finally:
            # Whatever became of the pause. Should the API be away for longer, the end of the run resumes.
            until = time.monotonic() + self.book.settings.patience
            while self._switch("resume", None, process) != "ok" and time.monotonic() < until:
                gevent.sleep(_AGAIN)

    def _switch(self, action: str, due: float | None, process: str) -> str:
        operation, answer = self.asker.operation(
            process,
            "pause" if action == "pause" else "resume",
            "POST",
            f"/v1/queues/{QUEUE}/{action}",
            name=f"/v1/queues/[queue]/{action}",
            due=due,
            queue=QUEUE,
        )
        if answer.known == "ok":
            self.book.ok(operation, answer.status)
        return answer.known
