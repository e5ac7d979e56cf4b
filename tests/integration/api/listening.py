"""Listening to a stream of events, as a browser would: a thread reads, the test looks at what came."""

import json
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

import httpx


@dataclass(frozen=True)
class Heard:
    """One event of a stream; `id` is the last one that was said."""

    event: str
    data: Any
    id: str


class Listener:
    """One client of a stream; open when something was said."""

    def __init__(self, url: str, after: str | None = None, **headers: str) -> None:
        self.heard: list[Heard] = []
        self.headers = httpx.Headers()
        self.last_id = ""
        self.ended = threading.Event()
        self._opened = threading.Event()
        self._url = url
        self._sent = headers | ({"Last-Event-ID": after} if after else {})
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._opened.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(30)

    def of(self, event: str) -> list[Any]:
        """The data of all events of that name so far."""
        return [heard.data for heard in self.heard if heard.event == event]

    def names(self) -> list[str]:
        """The names of all events so far."""
        return [heard.event for heard in self.heard]

    def states(self) -> list[tuple[str, str]]:
        """Ids and states of the tasks it heard of."""
        return [(data["id"], data["state"]) for data in self.of("task")]

    def _listen(self) -> None:
        with (
            suppress(httpx.TransportError),
            httpx.stream("GET", self._url, headers=self._sent, trust_env=False, timeout=60) as answer,
        ):
            answer.raise_for_status()
            self.headers = answer.headers
            self._socket = answer.extensions["network_stream"].get_extra_info("socket")
            block: dict[str, str] = {}
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if line:
                    block[name] = value
                else:
                    self._take(block)
                    block = {}
        self.ended.set()
        self._opened.set()

    def _take(self, block: dict[str, str]) -> None:
        self.last_id = block.get("id", self.last_id)
        if "event" in block:
            self.heard.append(Heard(block["event"], json.loads(block["data"]), self.last_id))
        if "id" in block or "event" in block:
            self._opened.set()


def submit(events_url: str, id: str, task: str = "add") -> None:
    """Have something happen, at the API whose events these are."""
    submission = {"task": task, "args": [1, 2], "id": id}
    answer = httpx.post(events_url.replace("/events", "/tasks"), json=submission, trust_env=False)
    assert answer.is_success
