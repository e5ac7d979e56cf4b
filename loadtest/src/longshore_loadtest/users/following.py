"""Waiting for what was asked for, as a user would, and timing it."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

import gevent
import msgspec

from longshore_loadtest.timing import NotInTime, Timing
from longshore_loadtest.users.answer import Answer
from longshore_loadtest.users.asking import Asker
from longshore_loadtest.users.book import Book

_HOLD: Final = 20
"""Seconds that the API is asked to hold an answer back: a proxy allows it."""
_PAUSE: Final = 0.2


class Follower:
    """Follows in the name of one user; gives up when `patience` is over."""

    def __init__(self, asker: Asker, book: Book, timing: Timing) -> None:
        self._asker = asker
        self._book = book
        self._timing = timing

    def task(self, id: str, due: float, process: str) -> None:
        """Wait for a task's result; `due` is when its submission was, `time.monotonic`'s."""
        path = f"/v1/tasks/{id}/result?wait={_HOLD}"
        answer = self._ended(path, lambda: self._book.invoke(process, "read", None, ids=[id]), id)
        took = time.monotonic() - due
        if answer is None:
            self._timing.end_to_end(took, NotInTime(f"no result after {self._book.settings.patience:g} s"))
            return
        self._timing.end_to_end(took)
        self._timing.queue_wait(msgspec.json.decode(answer.body, type=dict[str, Any]))

    def batch(self, id: str, due: float) -> None:
        """Wait for a batch's output."""
        answer = self._ended(f"/v1/batches/{id}/output?wait={_HOLD}", None, id)
        took = time.monotonic() - due
        if answer is None:
            self._timing.batch(took, 0, NotInTime(f"no output after {self._book.settings.patience:g} s"))
            return
        self._timing.batch(took, len(answer.body))

    def _ended(self, path: str, begin: Callable[[], int] | None, id: str) -> Answer | None:
        until = time.monotonic() + self._book.settings.patience
        while time.monotonic() < until:
            operation = begin() if begin else None
            answer = self._asker.quietly(path)
            if operation is not None:
                self._note(operation, answer, id)
            if answer.status == HTTPStatus.OK:
                return answer
            if answer.status != HTTPStatus.ACCEPTED:
                gevent.sleep(_PAUSE)
        return None

    def _note(self, operation: int, answer: Answer, id: str) -> None:
        if answer.known == "fail":  # 404 among them: a task that was accepted is not there
            self._book.fail(operation, answer.status, answer.why)
            return
        if answer.known == "info":
            self._book.info(operation, answer.why)
            return
        state = str(msgspec.json.decode(answer.body, type=dict[str, Any])["state"])
        self._book.ok(operation, answer.status, states={id: state})
