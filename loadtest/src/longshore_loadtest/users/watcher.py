"""Looks at tasks and at the whole, and listens to events."""

import time
from collections.abc import Callable
from typing import Any, ClassVar, Final

import gevent
import msgspec
from gevent.event import Event
from locust import task

from longshore_loadtest.history.record import Call
from longshore_loadtest.marks.answers import FLAKY, MARK, QUEUE
from longshore_loadtest.users.following import Follower
from longshore_loadtest.users.listening import listen
from longshore_loadtest.users.source import Source
from longshore_loadtest.users.work import submission

_HEAD_START: Final = 0.5
"""Seconds that a listener may take until it hears."""
_AFTERWARDS: Final = 6.0
"""Seconds after a task's end was heard of: the verdict allows five for what comes late."""


class Watcher(Source):
    """One, beside the users that are asked for. What it reads is in the history: no state may go back."""

    fixed_count = 1
    kind: ClassVar[str] = "watcher"
    rate: ClassVar[float | None] = 5.0

    def __init__(self, *words: object, **options: object) -> None:
        super().__init__(*words, **options)
        self._follower = Follower(self.asker, self.book, self.timing)

    def on_start(self) -> None:
        """Listen from the beginning to the end."""
        self._listeners = [
            gevent.spawn(listen, self.book, f"{self.name}.events", queue=QUEUE),
            gevent.spawn(listen, self.book, f"{self.name}.flaky", task=FLAKY),
        ]

    def on_stop(self) -> None:
        """Listen no more."""
        gevent.killall(self._listeners)

    @task(6)
    def status(self) -> None:
        """Look at a task that was accepted some time ago."""
        self.spawner.spawn(self._status)

    @task(1)
    def page(self) -> None:
        """Look at the list that people see first."""
        self.spawner.spawn(self._look("/status/all?limit=100"))

    @task(1)
    def whole(self) -> None:
        """Look at the whole."""
        self.spawner.spawn(self._look("/v1/stats/snapshot"))

    @task(1)
    def one(self) -> None:
        """Submit one and listen to it."""
        self.spawner.spawn(self._one)

    def _status(self, due: float, process: str) -> None:
        if not self.book.accepted:
            return
        id = self.book.chance.choice(self.book.accepted)
        operation, answer = self.asker.operation(
            process, "read", "GET", f"/v1/tasks/{id}", name="/v1/tasks/[id]", due=due, ids=[id]
        )
        if answer.known == "ok":
            state = str(msgspec.json.decode(answer.body, type=dict[str, Any])["state"])
            self.book.ok(operation, answer.status, states={id: state})

    def _look(self, path: str) -> Callable[[float, str], None]:
        def look(due: float, _process: str) -> None:
            self.asker.send("GET", path, name=path.partition("?")[0], due=due)

        return look

    def _one(self, _due: float, process: str) -> None:
        """Listen to one task alone from before it is submitted until some time after its end."""
        value = self.book.chance.randrange(2**31)
        call = Call(id=self.book.new_id("w"), task=MARK, args=[value, 0])
        ended = Event()
        listener = gevent.spawn(listen, self.book, f"{process}.events-{call.id}", ended, id=call.id)
        try:
            gevent.sleep(_HEAD_START)
            asked = time.monotonic()
            operation, answer = self.asker.operation(
                process,
                "submit",
                "POST",
                "/v1/tasks",
                name="/v1/tasks",
                body=msgspec.json.encode(submission(call)),
                calls=[call],
            )
            if answer.known == "ok":
                self.book.ok(operation, answer.status)
                self._follower.task(call.id, asked, process)
                # An API that is frozen says nothing, nor that it is away: it is waited for.
                ended.wait(self.book.settings.patience)
                gevent.sleep(_AFTERWARDS)
        finally:
            listener.kill()
