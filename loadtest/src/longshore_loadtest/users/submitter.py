"""Submits single tasks, and many at once."""

from typing import Any, ClassVar, Final

import gevent
import msgspec
from locust import task

from longshore_loadtest.history.record import Call
from longshore_loadtest.marks.answers import FLAKY
from longshore_loadtest.users.answer import Answer
from longshore_loadtest.users.following import Follower
from longshore_loadtest.users.source import Source
from longshore_loadtest.users.work import draw, submission

BULK: Final = 20
"""Tasks of one bulk submission."""
_AGAIN: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Pauses (s) after which a submission of unknown outcome is asked again, with the same ids."""
_TWICE: Final = 0.01
"""Share of submissions that are sent a second time though they were taken, as a careless client does."""


class Submitter(Source):
    """Four arrivals in a hundred are bulk submissions, so that nearly half of the tasks come in bulk."""

    weight = 9
    kind: ClassVar[str] = "submitter"

    def __init__(self, *words: object, **options: object) -> None:
        super().__init__(*words, **options)
        self._follower = Follower(self.asker, self.book, self.timing)

    @task(96)
    def single(self) -> None:
        """Submit a task."""
        self.spawner.spawn(self._single)

    @task(4)
    def bulk(self) -> None:
        """Submit some at once."""
        self.spawner.spawn(self._bulk)

    def _single(self, due: float, process: str) -> None:
        call = draw(self.book.chance, self.book.new_id("t"))
        answer = self._until_known([call], due, process)
        if answer.known != "ok":
            return
        if self.book.chance.random() < _TWICE:
            self._once([call], None, process)
        # Of what waits on purpose, for its time or its next attempt, the time says nothing.
        at_once = not call.delay and call.task != FLAKY
        if at_once and self.book.chance.random() < self.book.settings.followed:
            self._follower.task(call.id, due, process)

    def _bulk(self, due: float, process: str) -> None:
        calls = [draw(self.book.chance, self.book.new_id("b")) for _ in range(BULK)]
        self._until_known(calls, due, process)

    def _until_known(self, calls: list[Call], due: float, process: str) -> Answer:
        """Submit until it is done, or certainly is not. An unknown outcome stays one when patience ends."""
        answer = self._once(calls, due, process)
        for pause in _AGAIN:
            if answer.known != "info":
                break
            gevent.sleep(pause)
            answer = self._once(calls, None, process)
        return answer

    def _once(self, calls: list[Call], due: float | None, process: str) -> Answer:
        many = len(calls) > 1
        lines = [msgspec.json.encode(submission(call)) for call in calls]
        path = "/v1/tasks/bulk" if many else "/v1/tasks"
        operation, answer = self.asker.operation(
            process,
            "submit-bulk" if many else "submit",
            "POST",
            path,
            name=path if due is not None else f"{path} (again)",
            due=due,
            body=b"\n".join(lines),
            media="application/x-ndjson" if many else "application/json",
            calls=calls,
        )
        if answer.known == "ok":
            taken = _taken(calls, answer) if many else None
            self.book.ok(operation, answer.status, ids=taken)
            self.book.accepted.extend(call.id for call in calls)
        return answer


def _taken(calls: list[Call], answer: Answer) -> list[str]:
    """Ids of a bulk that are on record now. Lines that were refused are told by their number, from 1."""
    told = msgspec.json.decode(answer.body, type=dict[str, Any])
    refused = {line["line"] for line in told.get("rejected", ())}
    return [call.id for number, call in enumerate(calls, 1) if number not in refused]
