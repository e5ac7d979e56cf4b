"""A stand-in for the API that records what it is asked and answers from a list."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from longshore.client import Client

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


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
    return {"id": "t1", "task": "add", "queue": "add", "state": state} | fields


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
