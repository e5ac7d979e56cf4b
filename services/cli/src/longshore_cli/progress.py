"""Progress bars, on stderr, so that results can be piped; none where nobody would see them move."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from longshore.client import Batch
from longshore_cli.display import terminal


@contextmanager
def upload_progress(file: IO[bytes], name: str, *, quiet: bool) -> Iterator[IO[bytes]]:
    """The file, with a bar that follows as it is read. `name` is what it is called; empty for a pipe."""
    columns = (TextColumn("upload"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with _shown(columns, quiet=quiet) as progress:
        size = os.fstat(file.fileno()).st_size or None  # a pipe has none
        bar = progress.add_task("upload", total=size)
        yield cast("IO[bytes]", _Followed(file, name, lambda place: progress.update(bar, completed=place)))


@contextmanager
def batch_progress(total: int, *, quiet: bool) -> Iterator[Callable[[Batch], None]]:
    """What to call with each look at a batch, with a bar that follows its lines."""
    columns = (
        TextColumn("{task.fields[state]:<6}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]}"),
        TimeRemainingColumn(),
    )
    with _shown(columns, quiet=quiet) as progress:
        bar = progress.add_task("lines", total=total or None, state="lines", failed="")

        def watch(batch: Batch) -> None:
            failed = f"[red]{batch.failed} failed[/]" if batch.failed else ""
            progress.update(bar, completed=batch.done, total=batch.total, failed=failed)

        yield watch


def _shown(columns: tuple[Any, ...], *, quiet: bool) -> Progress:
    console = terminal(stderr=True)
    return Progress(*columns, console=console, disable=quiet or not console.is_terminal)


class _Followed:
    """A file that tells where it is after each reading and each going back."""

    def __init__(self, file: IO[bytes], name: str, tell: Callable[[int], None]) -> None:
        self._file = file
        self._tell = tell
        self._place = 0
        self.name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def read(self, size: int = -1) -> bytes:
        return self._told(self._file.read(size))

    def read1(self, size: int = -1) -> bytes:
        return self._told(getattr(self._file, "read1", self._file.read)(size))

    def seek(self, place: int, whence: int = 0) -> int:
        self._place = self._file.seek(place, whence)
        self._tell(self._place)
        return self._place

    def _told(self, piece: bytes) -> bytes:
        self._place += len(piece)
        self._tell(self._place)
        return piece
