"""What a Locust process knows of the run: its part of the history, the ids it makes, what was accepted."""

import itertools
import random
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from longshore_loadtest.history.record import Action, Event, Fail, Gap, Info, Invoke, Ok, task_id
from longshore_loadtest.history.writer import Writer
from longshore_loadtest.settings import Settings

_REMEMBERED: Final = 2_000
"""Ids of tasks that watchers and operators choose from: the newest, since those still move."""


class Book:
    """One for each Locust process; its users share it. All of them run in one thread."""

    def __init__(self, settings: Settings, folder: Path, part: str) -> None:
        self.settings = settings
        self.part = part
        self.path = folder / f"history.{part}.ndjson"
        self.accepted: deque[str] = deque(maxlen=_REMEMBERED)
        self.chance = random.Random(f"{settings.seed}/{part}")
        self._writer = Writer(self.path, run=settings.run, part=part, seed=settings.seed)
        self._operations = itertools.count(1)
        self._names = itertools.count(1)
        self._users = itertools.count(1)

    def user_name(self, kind: str) -> str:
        """A name for one more user of this process."""
        return f"{self.part}/{kind}{next(self._users)}"

    def new_id(self, letter: str) -> str:
        """An id for a task or a batch."""
        return task_id(self.settings.run, f"{self.part}-{letter}{next(self._names)}")

    def invoke(self, process: str, action: Action, due: float | None, **about: Any) -> int:
        """Note that something is about to be asked; `due` is `time.monotonic`'s. Returns the operation."""
        operation = next(self._operations)
        at = self._writer.now()
        on_our_clock = None if due is None else round(at - time.monotonic() + due, 6)
        self._writer.write(
            Invoke(at=at, op=operation, process=process, action=action, due=on_our_clock, **about)
        )
        return operation

    def ok(self, operation: int, status: int, **told: Any) -> None:
        """Note that it was done."""
        self._writer.write(Ok(at=self._writer.now(), op=operation, status=status, **told))

    def fail(self, operation: int, status: int, problem: str) -> None:
        """Note that it was certainly not done."""
        self._writer.write(Fail(at=self._writer.now(), op=operation, status=status, problem=problem))

    def info(self, operation: int, why: str) -> None:
        """Note that nobody knows."""
        self._writer.write(Info(at=self._writer.now(), op=operation, why=why))

    def event(self, process: str, stream: str, id: str, state: str, queue: str, task: str) -> None:
        """Note what a watcher heard of a task of ours."""
        at = self._writer.now()
        self._writer.write(
            Event(at=at, process=process, stream=stream, id=id, state=state, queue=queue, task=task)
        )

    def gap(self, process: str, reason: str, filter: Mapping[str, str] | None = None) -> None:
        """Note that a watcher may have missed something; `filter` is what it asked for."""
        at = self._writer.now()
        self._writer.write(Gap(at=at, process=process, reason=reason, filter=filter or {}))

    def close(self) -> None:
        """End the part. What is told later, by greenlets that could not be waited for, is lost: unknown."""
        self._writer.close()
