"""Work with every outcome, a round at a time, so that all counters rise while somebody looks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

_LINES: Final = b"0.001\n0.002\nno number\n0.001\n"


class Load:
    """Submits work over HTTP."""

    def __init__(self, api: httpx.Client) -> None:
        self._api = api
        self._rounds = 0

    def more(self) -> None:
        """One round: what succeeds, fails, is retried, cancelled, delayed, interrupted, dies, and a file."""
        self._rounds += 1
        tasks: list[dict[str, Any]] = [
            *({"task": "work", "args": [0.02]} for _ in range(20)),
            *({"task": "fail", "args": [number]} for number in range(3)),
            {"task": "fail", "args": [0], "retries": 1},
            {"task": "work", "args": [0.01], "delay": 3600},
            {"task": "unserved", "args": [1]},
            *({"task": "interrupted", "args": [number]} for number in range(30)),
        ]
        self._submit(tasks)
        self._pause_and_resume()
        self._cancel_one()
        self._fail_and_retry_one()
        if self._rounds % 5 == 1:
            self._post("/v1/tasks", json={"task": "kill", "args": [1]})
        self._post("/v1/batches", data={"task": "work"}, files={"file": ("lines.txt", _LINES)})
        self._post("/v1/tasks", json={"task": "work", "args": ["nonsense"]}, expect=422)
        self._api.get("/v1/queues")

    def _pause_and_resume(self) -> None:
        """What is in the broker of a paused queue is given back."""
        self._post(f"/v1/queues/interrupted/{'pause' if self._rounds % 2 else 'resume'}")

    def _cancel_one(self) -> None:
        """Its copy comes to a worker all the same, and is dropped."""
        self._submit([{"task": "work", "args": [0.05]}] * 20)
        last = self._post("/v1/tasks", json={"task": "work", "args": [0.05]}).json()["id"]
        self._post(f"/v1/tasks/{last}/cancel")

    def _fail_and_retry_one(self) -> None:
        id = self._post("/v1/tasks", json={"task": "fail", "args": [1], "priority": 9}).json()["id"]
        self._api.get(f"/v1/tasks/{id}/result", params={"wait": 10})
        self._post(f"/v1/tasks/{id}/retry")

    def _submit(self, tasks: Sequence[Mapping[str, Any]]) -> None:
        lines = "\n".join(json.dumps(task) for task in tasks)
        answer = self._post("/v1/tasks/bulk", content=lines, headers={"Content-Type": "application/x-ndjson"})
        assert answer.json()["accepted"] == len(tasks), answer.text

    def _post(self, path: str, expect: int | None = None, **body: Any) -> httpx.Response:
        answer = self._api.post(path, **body)
        assert answer.status_code == expect if expect else answer.is_success, f"{path}: {answer.text}"
        return answer
