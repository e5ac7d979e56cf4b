"""Appends to a part of the history. Every process that sees something has a part of its own."""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from longshore_loadtest.history.record import Header, Line, encode


class Writer:
    """One file, opened for appending, and the clock of what is written there.

    A line is one write: those of threads never mix, and a process that dies leaves at most one torn line.
    What is written survives the process, not the machine: waiting for the disk would cost the load its rate.
    """

    def __init__(
        self,
        path: Path,
        *,
        run: str,
        part: str,
        seed: int = 0,
        command: str = "",
        environment: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Begin a part, or go on with one whose writer ended: under a header, and so a clock, of its own."""
        path.parent.mkdir(parents=True, exist_ok=True)
        torn = _is_torn(path)
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._began = time.monotonic()
        if torn:
            os.write(self._file, b"\n")
        self.write(
            Header(
                run=run,
                part=part,
                started_at=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
                seed=seed,
                command=command,
                environment=environment or {},
                settings=settings or {},
            )
        )

    def now(self) -> float:
        """Seconds on this part's clock, for the `at` of a line."""
        return round(time.monotonic() - self._began, 6)

    def write(self, line: Line) -> None:
        """Append a line; it is in the file on return. Raises OSError where it is not."""
        data = encode(line) + b"\n"
        if os.write(self._file, data) != len(data):
            raise OSError("a line was written in part: the disk is full")

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _is_torn(path: Path) -> bool:
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
