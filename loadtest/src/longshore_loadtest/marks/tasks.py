"""The tasks of the load test. Each leaves a mark when it begins and one before it returns.

They exist where LONGSHORE_LOADTEST_MARKS names a store of marks; elsewhere this module defines no task, so
that an installation which has the distribution does not offer them.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

from longshore import current, task
from longshore_loadtest.marks.answers import CPU, FLAKY, LINE, MARK, QUEUE, RETRIES, answer, seconds_of_line
from longshore_loadtest.marks.client import Client
from longshore_loadtest.settings import load_settings

_TIMEOUT: Final = 120.0
_BACKOFF: Final = 0.5


class FailedOnPurpose(Exception):
    """As the load test asked it to."""


class Execution:
    """One run of a task or a line: its two marks have a token in common."""

    def __init__(self, client: Client, id: str, attempt: int, line: int | None) -> None:
        self._client = client
        self._about = {
            "id": id,
            "attempt": attempt,
            "line": line,
            "token": uuid4().hex,
            "pid": os.getpid(),
            "host": socket.gethostname(),
        }

    def begin(self, value: Any) -> int:
        """Mark the beginning; returns which delivery this is, from 1, by the store's count."""
        return self._client.send({**self._about, "event": "begun", "value": value})

    def end(self, value: Any) -> None:
        """Mark that `value` is about to be returned."""
        self._client.send({**self._about, "event": "ended", "value": value})


def mark(value: int, ms: float = 0) -> int:
    """Work for so many milliseconds, asleep, and return what is made of the value."""
    with _marked(MARK, value) as _:
        time.sleep(ms / 1000)
    return _answer(MARK, value)


def cpu(value: int, ms: float = 5) -> int:
    """Work for so many milliseconds of a processor's time, and return what is made of the value."""
    with _marked(CPU, value) as _:
        until = time.thread_time() + ms / 1000
        while time.thread_time() < until:
            pass
    return _answer(CPU, value)


def flaky(value: int, failures: int = 1) -> int:
    """Fail so many times, then return what is made of the value."""
    with _marked(FLAKY, value) as delivery:
        if delivery <= failures:
            raise FailedOnPurpose(f"delivery {delivery} of {failures} that are to fail")
    return _answer(FLAKY, value)


def line(a: int, b: int) -> int:
    """Return what is made of both, some after more than a second: for files, whose line number `a` is."""
    with _marked(LINE, a, b, line=a):
        time.sleep(seconds_of_line(b))
    return _answer(LINE, a, b)


@contextmanager
def _marked(name: str, *args: int, line: int | None = None) -> Iterator[int]:
    """Gives which delivery this is. The end is marked only where the body does not raise."""
    running = current()
    # A chunk of a file is `<batch>.<number>`; which chunk a line came in proves nothing.
    id = running.id if line is None else running.id.rpartition(".")[0]
    execution = Execution(_client(), id, running.attempt, line)
    yield execution.begin(args[0])
    execution.end(answer(name, args))


def _answer(name: str, *args: int) -> int:
    known = answer(name, args)
    assert known is not None, "these tasks are ours"
    return known


_clients: Final[dict[str, Client]] = {}


def _client() -> Client:
    url = load_settings().marks
    assert url, "without a store these are no tasks"
    if url not in _clients:
        _clients[url] = Client(url)
    return _clients[url]


_FUNCTIONS: Final[dict[str, Callable[..., int]]] = {MARK: mark, CPU: cpu, FLAKY: flaky, LINE: line}


def register() -> None:
    """Make tasks of them."""
    for name, function in _FUNCTIONS.items():
        task(name, queue=QUEUE, timeout=_TIMEOUT, retries=RETRIES, backoff=_BACKOFF)(function)


if load_settings().marks:
    register()
