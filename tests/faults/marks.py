"""Marks: the proof that a task really ran, kept outside of everything under test."""

from collections import Counter
from pathlib import Path
from typing import Literal

import msgspec


class Mark(msgspec.Struct, frozen=True):
    """One line of the file: a task began or ended."""

    event: Literal["begun", "ended"]
    id: str
    attempt: int
    number: int
    pid: int
    at: float
    """Seconds on this machine's clock, the one of `time.monotonic`."""


class Marks:
    """Reads the file that `work` writes; every look goes on where the last one ended."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._all: list[Mark] = []
        self._offset = 0

    def read(self) -> list[Mark]:
        """Every mark so far, in the order written."""
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._offset)
                fresh = file.read()
            whole = fresh[: fresh.rfind(b"\n") + 1]
            self._offset += len(whole)
            self._all += [mark_of(line) for line in whole.decode().splitlines()]
        return self._all

    def ended(self) -> int:
        """How many executions came to their end."""
        return sum(mark.event == "ended" for mark in self.read())

    def begun(self, id: str) -> int:
        """How often this task began."""
        return len(self.beginnings(id))

    def beginnings(self, id: str | None = None) -> list[Mark]:
        """The beginnings of this task, or of all, in order."""
        return [mark for mark in self.read() if mark.event == "begun" and id in (None, mark.id)]

    def running(self) -> dict[int, str]:
        """Processes that have begun a task and not ended it, with its id; some may be dead."""
        now: dict[int, str] = {}
        for mark in self.read():
            if mark.event == "begun":
                now[mark.pid] = mark.id
            else:
                now.pop(mark.pid, None)
        return now

    def executions(self) -> Counter[str]:
        """How often each task began."""
        return Counter(mark.id for mark in self.read() if mark.event == "begun")


def mark_of(line: str) -> Mark:
    """A mark, from the line that a task wrote."""
    event, id, attempt, number, pid, at = line.split()
    return Mark("begun" if event == "begun" else "ended", id, int(attempt), int(number), int(pid), float(at))
