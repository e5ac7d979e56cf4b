"""Who holds a data directory: one `longshore up` at a time, and where the others find what it runs."""

import fcntl
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

import msgspec

from longshore.errors import LongshoreError
from longshore_worker.probe import is_alive


class DataInUse(LongshoreError):
    """Another `longshore up` holds the data.

    {folder} belongs to process {pid} since {since}; it serves {url}. Use that one, stop it, or give this one
    its own --data.
    """


class Running(msgspec.Struct, frozen=True):
    """What a running `longshore up` tells the other commands. It holds the embedded ledger's password."""

    pid: int
    url: str
    ledger: str
    broker: str
    since: str


class Holding:
    """The lock on a data directory.

    The embedded Valkey inherits it, so that after a `kill -9` of the supervisor nobody starts a second
    server on the same files before the first has written the last of them.
    """

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, folder: Path, *, patience: float, waiting: Callable[[], None]) -> Self:
        """Lock `folder`, made if need be. Raises DataInUse.

        When only what an earlier supervisor left behind holds it, wait up to `patience` s for it to end;
        `waiting` is called once before.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "running.json", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        file = os.fdopen(descriptor, "r+", encoding="utf-8")
        until = time.monotonic() + patience
        told = False
        while not _lock(file, fcntl.LOCK_EX):
            holder = _read(file)
            if (holder and is_alive(holder.pid)) or time.monotonic() > until:
                file.close()
                raise _in_use(folder, holder)
            if not told:
                waiting()
                told = True
            time.sleep(0.1)
        file.truncate(0)  # What a killed one left must not be taken for ours.
        return cls(file)

    def fileno(self) -> int:
        """The lock's descriptor, for the child that shares it."""
        return self._file.fileno()

    def tell(self, url: str, ledger: str, broker: str) -> None:
        """Let the other commands know what runs here."""
        note = Running(os.getpid(), url, ledger, broker, datetime.now(UTC).isoformat(timespec="seconds"))
        self._file.seek(0)
        self._file.truncate()
        self._file.write(msgspec.json.encode(note).decode())
        self._file.flush()

    def release(self) -> None:
        """Forget the note and give up the lock."""
        self._file.seek(0)
        self._file.truncate()
        self._file.close()


def find_running(folder: Path) -> Running | None:
    """The `longshore up` that holds `folder`, if one does."""
    try:
        file = (folder / "running.json").open(encoding="utf-8")
    except OSError:
        return None
    with file:
        # A lock that can be had says that the note is left over.
        return None if _lock(file, fcntl.LOCK_SH) else _read(file)


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(file: IO[str]) -> Running | None:
    file.seek(0)
    try:
        return msgspec.json.decode(file.read(), type=Running)
    except msgspec.MsgspecError:
        return None


def _in_use(folder: Path, holder: Running | None) -> DataInUse:
    if holder is None:
        return DataInUse(folder=folder, pid="?", since="a moment ago", url="nothing yet")
    return DataInUse(folder=folder, pid=holder.pid, since=holder.since, url=holder.url)
