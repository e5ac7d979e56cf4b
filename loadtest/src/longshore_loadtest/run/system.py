"""A Longshore of our own for a run: `longshore up` with the tasks that leave marks."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from longshore_loadtest.run.child import Child
from longshore_loadtest.run.errors import CannotRun

TASKS: Final = "longshore_loadtest.marks.tasks"
_READY: Final = 60.0
"""Seconds that it may take to be ready."""
_GRACE: Final = 75.0
"""Seconds that it may take to stop: `longshore up` itself gives its parts less."""


@contextmanager
def own_system(
    data: Path, log: Path, marks: str, concurrency: int, retention: float | None = None
) -> Iterator[str]:
    """Run one on a port of loopback that is free, with its data in `data`; gives its URL.

    `retention`: seconds that a finished task is kept. Raises CannotRun when it does not become
    ready.
    """
    command = [sys.executable, "-P", "-m", "longshore_cli", "up", "--port", "0"]
    command += ["--concurrency", str(concurrency), "--data", str(data), "--tasks", TASKS]
    environment = {"LONGSHORE_LOADTEST_MARKS": marks, "LONGSHORE_LOG_FORMAT": "json"}
    environment |= {} if retention is None else {"LONGSHORE_RETENTION_SECONDS": f"{retention:g}"}
    with Child(command, log, environment, grace=_GRACE) as child:
        yield _url(child)


def _url(child: Child) -> str:
    until = time.monotonic() + _READY
    while time.monotonic() < until and child.running:
        for line in child.log.read_text(encoding="utf-8").splitlines():
            if '"ready"' in line and (told := _told(line)).get("part") == "up" and "url" in told:
                return str(told["url"])
        time.sleep(0.1)
    raise CannotRun(f"`longshore up` does not start; its last lines:\n{child.last_lines()}")


def _told(line: str) -> dict[str, object]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
