"""The load: clients that submit tasks at a steady rate and never forget one."""

import itertools
import json
import random
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

import httpx

from tests.faults.history import Attempt, Outcome, task_id

CLIENTS: Final = 4
BULK: Final = 20
"""Every other request carries so many tasks; the others one."""
LONGEST_MS: Final = 16


class Load:
    """Submits tasks over HTTP, `rate` a second.

    What gets no answer, or a 503, is submitted again under the same id until it is acknowledged.
    """

    def __init__(
        self,
        url: str,
        prefix: str,
        count: int,
        rate: float,
        task: str = "mark",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.attempts: list[Attempt] = []
        self._url = url
        self._headers = headers
        self._rate = rate
        self._task = task
        self._work = iter(_requests(prefix, count))
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._sent = 0
        self._abort = threading.Event()
        self._threads = [
            threading.Thread(target=self._submit_all, name=f"client-{n}", daemon=True) for n in range(CLIENTS)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            self._abort.set()
        self.finish()

    def begin(self) -> None:
        """Submit from now on."""
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def acknowledged(self) -> set[str]:
        """Ids that the API has answered for."""
        accepted = [one.ids for one in list(self.attempts) if one.outcome is Outcome.ACKNOWLEDGED]
        return set(itertools.chain.from_iterable(accepted))

    def count(self, outcome: Outcome) -> int:
        """Requests with this outcome so far."""
        return sum(one.outcome is outcome for one in list(self.attempts))

    def finish(self, within: float = 90.0) -> None:
        """Wait until everything is acknowledged."""
        deadline = time.monotonic() + within
        begun = [thread for thread in self._threads if thread.ident]
        for thread in begun:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._abort.set()
        for thread in begun:
            thread.join()

    def _submit_all(self) -> None:
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=10, trust_env=False) as http:
            while ids := self._next():
                while not self._abort.is_set() and not self._submit(http, ids):
                    self._abort.wait(0.1)

    def _next(self) -> list[str]:
        """The next request's tasks, once it is their turn; none when all are sent."""
        with self._lock:
            ids = next(self._work, [])
            self._sent += len(ids)
            due = self._began + self._sent / self._rate
        self._abort.wait(max(0.0, due - time.monotonic()))
        return [] if self._abort.is_set() else ids

    def _submit(self, http: httpx.Client, ids: list[str]) -> bool:
        outcome = self._ask(http, ids)
        self.attempts.append(Attempt(ids, outcome, time.monotonic()))
        return outcome is Outcome.ACKNOWLEDGED

    def _ask(self, http: httpx.Client, ids: list[str]) -> Outcome:
        tasks = [json.dumps({"id": id, "task": self._task, "args": _arguments(id)}) for id in ids]
        try:
            if len(tasks) == 1:
                answer = http.post(
                    "/v1/tasks", content=tasks[0], headers={"Content-Type": "application/json"}
                )
            else:
                answer = http.post(
                    "/v1/tasks/bulk",
                    content="\n".join(tasks),
                    headers={"Content-Type": "application/x-ndjson"},
                )
        except httpx.TransportError:
            return Outcome.UNKNOWN
        if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            return Outcome.REFUSED
        assert answer.is_success, answer.text
        if len(tasks) > 1:
            counts = answer.json()
            assert counts["accepted"] + counts["repeated"] == len(ids), counts
        return Outcome.ACKNOWLEDGED


def _requests(prefix: str, count: int) -> Sequence[list[str]]:
    ids = (task_id(prefix, number) for number in range(count))
    sizes = itertools.cycle((1, BULK))
    return list(iter(lambda: list(itertools.islice(ids, next(sizes))), []))


def _arguments(id: str) -> list[float]:
    """The same ones for the same id: repeated with others, it would be another task."""
    number = int(id.rpartition("-")[2])
    return [number, random.Random(number).randrange(LONGEST_MS)]
