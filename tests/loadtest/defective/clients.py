"""Clients that submit tasks, one or ten at a time, and ask again until each is acknowledged."""

import itertools
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Self

import httpx
import msgspec

from longshore_loadtest.history.record import Call, Fail, Info, Invoke, Ok, task_id
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.marks.answers import MARK

RUN = "r"
BULK = 10
_NDJSON = {"Content-Type": "application/x-ndjson"}


class Clients:
    """One client, in a thread: `count` tasks, `rate` a second, each of so many ms, numbered from `first`."""

    def __init__(
        self, url: str, writer: Writer, *, count: int, rate: float, ms: int, first: int, ops: Iterator[int]
    ) -> None:
        self.acknowledged: set[str] = set()
        self._writer = writer
        self._http = httpx.Client(base_url=url, timeout=5, trust_env=False)
        self._rate = rate
        self._left = [
            Call(id=task_id(RUN, str(n)), task=MARK, args=[n, ms]) for n in range(first, first + count)
        ]
        self._ops = ops
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._submit_all, name="client", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        self._http.close()

    def is_done(self) -> bool:
        """Whether everything is acknowledged."""
        return not self._thread.is_alive()

    def _submit_all(self) -> None:
        began, sent = time.monotonic(), 0
        sizes = itertools.cycle((1, BULK))
        while self._left and not self._stop.is_set():
            calls = self._left[: next(sizes)]
            del self._left[: len(calls)]
            while not self._submit(calls) and not self._stop.wait(0.1):
                pass
            sent += len(calls)
            self._stop.wait(max(0.0, began + sent / self._rate - time.monotonic()))

    def _submit(self, calls: list[Call]) -> bool:
        op = next(self._ops)
        action = "submit" if len(calls) == 1 else "submit-bulk"
        self._writer.write(
            Invoke(at=self._writer.now(), op=op, process="client", action=action, calls=calls)  # type: ignore[arg-type]
        )
        try:
            answer = self._post(calls)
        except httpx.ConnectError as error:
            self._writer.write(Fail(at=self._writer.now(), op=op, problem=str(error)))
            return False
        except httpx.TransportError as error:
            self._writer.write(Info(at=self._writer.now(), op=op, why=str(error)))
            return False
        if not answer.is_success:
            self._writer.write(Info(at=self._writer.now(), op=op, why=answer.text))
            return False
        self._writer.write(Ok(at=self._writer.now(), op=op, status=answer.status_code))
        self.acknowledged |= {call.id for call in calls}
        return True

    def _post(self, calls: list[Call]) -> httpx.Response:
        lines = [msgspec.json.encode({"id": call.id, "task": call.task, "args": call.args}) for call in calls]
        if len(lines) == 1:
            return self._http.post(
                "/v1/tasks", content=lines[0], headers={"Content-Type": "application/json"}
            )
        answer = self._http.post("/v1/tasks/bulk", content=b"\n".join(lines), headers=_NDJSON)
        assert answer.json().get("rejected_count", 0) == 0, answer.text
        return answer
