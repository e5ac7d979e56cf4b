"""A stand-in for the API that records what it is asked and answers from a list."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from longshore.client import Client

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]

NOON = "2026-11-21T12:00:00.000Z"


class Api:
    """Answers in the order given; the last answer repeats."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(request) if callable(answer) else answer

    def client(self, **options: Any) -> Client:
        """A client that talks to this stand-in."""
        http = httpx.Client(transport=httpx.MockTransport(self))
        return Client("http://longshore.test", "a-key", http=http, **{"patience": 5.0} | options)

    def sent(self) -> list[Any]:
        """The JSON of every request."""
        return [json.loads(request.content) for request in self.requests]


def task(state: str = "PENDING", **fields: Any) -> dict[str, Any]:
    """A task as the API shows it."""
    times = {"queued_at": None, "started_at": None, "finished_at": None, "due_at": None}
    ended = {"result": None, "error": None, "progress": None, "cancel_requested": None, "released": None}
    counts = {"priority": 4, "attempt": 1, "deliveries": 0, "crashes": 0}
    shown: dict[str, Any] = {
        "id": "t1",
        "task": "add",
        "queue": "add",
        "state": state,
        "args": [],
        "worker": None,
        "batch": None,
    }
    return shown | {"submitted_at": NOON} | times | ended | counts | fields


def batch(state: str, **fields: Any) -> dict[str, Any]:
    """A batch as the API shows it."""
    counts = {"total": 2, "done": 0, "failed": 0, "priority": 4}
    times = {"created_at": NOON, "finished_at": None}
    return (
        {"id": "b1", "task": "add", "queue": "add", "state": state, "filename": ""} | counts | times | fields
    )


def accepted(**fields: Any) -> httpx.Response:
    return httpx.Response(202, json=task(**fields))


def problem(status: int, title: str, detail: str, **headers: str) -> httpx.Response:
    content = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    kind = {"Content-Type": "application/problem+json"}
    return httpx.Response(status, json=content, headers=kind | headers)


def breaks_off(pieces: list[bytes]) -> Iterator[bytes]:
    """A body whose connection breaks after these pieces."""
    yield from pieces
    raise httpx.ReadError("connection reset")
