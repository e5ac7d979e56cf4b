"""A full disk, below a process that writes."""

import errno
import os
from contextlib import suppress
from typing import Final

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.disruptions.folder import hold, let_go, seen_by
from longshore_loadtest.targets.processes import Process

_NAME: Final = ".longshore-loadtest-fill"
_PIECES: Final = (1 << 24, 1 << 16, 1 << 12, 1)
"""Bytes, the smaller for what the larger leave."""


class Fill(Disruption, frozen=True, tag="fill"):
    """Takes all space that is left where a folder is, with a file of ours in it."""

    folder: str
    """As the process sees it."""
    most: int = 1 << 30
    """Bytes. A disk with more left is somebody's own, and is left alone: give it a small volume or tmpfs."""

    def lacks(self, main: Process) -> str | None:
        """A disk so small that nobody else can be meant."""
        try:
            room = os.statvfs(seen_by(main, self.folder))
        except OSError as error:
            return f"{self.folder}: {error.strerror}"
        free = room.f_bavail * room.f_frsize
        if free > self.most:
            left = f"{free >> 20} MiB are left in {self.folder}"
            return f"{left}: only a disk with {self.most >> 20} or less is filled"
        return None

    def begin(self, main: Process) -> None:
        """Write until there is no room."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = os.open(_NAME, flags, 0o600, dir_fd=hold(main, self.folder))
        try:
            for size in _PIECES:
                _write_all(descriptor, size)
        finally:
            os.close(descriptor)

    def end(self, main: Process) -> None:
        """Give the room back."""
        with suppress(FileNotFoundError):
            os.unlink(_NAME, dir_fd=hold(main, self.folder))
        let_go(main, self.folder)


def _write_all(descriptor: int, size: int) -> None:
    # Written, not reserved: what a file system reserves it may take from what it says is free, or not.
    piece = bytes(size)
    while True:
        try:
            if os.write(descriptor, piece) < size:
                return
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            return
