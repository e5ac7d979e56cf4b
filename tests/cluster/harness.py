"""A release as clients see it: what `tests.faults` loads and judges, in a cluster."""

from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

import httpx
import redis

from longshore_ledger import Ledger
from tests.cluster.forward import Forward
from tests.cluster.release import Release
from tests.faults.marks import Mark, mark_of
from tests.services.waiting import eventually


class RedisMarks:
    """Reads the marks that `work` leaves; every look goes on where the last one ended."""

    def __init__(self, url: str) -> None:
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=10)
        self._all: list[Mark] = []

    def read(self) -> list[Mark]:
        """Every mark so far, in the order written."""
        fresh = self._redis.lrange("marks", len(self._all), -1)
        self._all += [mark_of(line.decode()) for line in fresh]
        return self._all

    def forget(self) -> None:
        """Begin anew."""
        self._redis.delete("marks")
        self._all = []


class Harness:
    """Forwards to a release's API, its ledger and the marks. A `tests.faults.runs.Observed`."""

    url: str
    headers: Mapping[str, str]
    ledger_url: str

    def __init__(self, release: Release) -> None:
        self.release = release
        self._opened = ExitStack()
        self._ledger: Ledger | None = None

    def __enter__(self) -> Self:
        name = self.release.name
        api = self._forward(f"service/{name}-api", 5000)
        ledger = self._forward(f"service/{name}-redis", 6379)
        marks = self._forward("service/marks", 6379)
        self.url = f"http://127.0.0.1:{api.port}"
        self.headers = {"X-API-Key": self.release.secret("admin-key")}
        self.ledger_url = f"redis://:{self.release.secret('redis-password')}@127.0.0.1:{ledger.port}/0"
        self.marks = RedisMarks(f"redis://127.0.0.1:{marks.port}/0")
        self.http = self._opened.enter_context(
            httpx.Client(base_url=self.url, headers=self.headers, timeout=30, trust_env=False)
        )
        eventually(lambda: self._asks("/readyz").is_success, within=60, every=0.2)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._ledger is not None:
            self._ledger.close()
        self._opened.close()

    @property
    def ledger(self) -> Ledger:
        """The release's ledger, read as the API reads it."""
        if self._ledger is None:
            self._ledger = eventually(lambda: Ledger.open(self.ledger_url), within=60, every=0.5)
        return self._ledger

    def submit(self, id: str, task: str, args: list[Any], **more: object) -> httpx.Response:
        """POST one task."""
        return self.http.post("/v1/tasks", json={"id": id, "task": task, "args": args, **more})

    def _asks(self, path: str) -> httpx.Response:
        try:
            return self.http.get(path)
        except httpx.TransportError as error:
            raise OSError(str(error)) from error

    def _forward(self, target: str, port: int) -> Forward:
        return self._opened.enter_context(Forward(self.release.namespace, target, port))
