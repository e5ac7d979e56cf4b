"""Where a batch's output goes: found out, and tried, before anything runs."""

import os
import secrets
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from longshore.errors import LongshoreError
from longshore_cli.display import print_bytes

STDOUT: Final = Path("-")
_STDOUT: Final = frozenset({"-", "/dev/stdout", "/dev/fd/1"})


class OutputRefused(LongshoreError):
    """The output cannot go there.

    {path}: {reason}. Nothing was sent; name another file with --output, or - for stdout.
    """


class OutputNotWritten(LongshoreError):
    """The output was not written.

    {path}: {reason}. Batch {id} keeps it: longshore wait {id} --output FILE
    """


class OutputFile:
    """A plain file is written beside itself and takes its name when it is whole; all else is written into.

    What a symbolic link leads to is meant, not the link. A FIFO, a device or a file whose folder takes no
    other (one mounted into a container) is opened when there is something to write.
    """

    def __init__(self, path: Path, source: os.stat_result | None = None, *, replace: bool = True) -> None:
        """Raise OutputRefused for the `source` itself, a folder, and what cannot be written.

        Without `replace`, for what is there already, too.
        """
        self.path = STDOUT if str(path) in _STDOUT else path
        self._part: Path | None = None
        if self.path == STDOUT:
            return
        try:
            self._try(source, replace)
        except (OSError, RuntimeError) as error:  # RuntimeError: links that lead to each other
            raise OutputRefused(path=path, reason=_reason(error)) from error

    def write(self, pieces: Iterable[bytes], batch: str) -> None:
        """Write all of it, or leave what was there. Raises OutputNotWritten, with the batch's id."""
        if self.path == STDOUT:
            print_bytes(pieces)
            return
        try:
            with (self._part or self.path).open("wb") as file:
                for piece in pieces:
                    file.write(piece)
            if self._part is not None:
                self._part.replace(self._target)
                self._part = None
        except OSError as error:
            raise OutputNotWritten(path=self.path, reason=_reason(error), id=batch) from error

    def close(self) -> None:
        """Leave nothing half-written."""
        if self._part is not None:
            with suppress(OSError):
                self._part.unlink()

    def _try(self, source: os.stat_result | None, replace: bool) -> None:
        found = self.path.stat() if self.path.exists() else None
        if found is not None:
            if source is not None and os.path.samestat(found, source):
                raise OutputRefused(path=self.path, reason="this is the file that is uploaded")
            if stat.S_ISDIR(found.st_mode):
                raise OutputRefused(path=self.path, reason="this is a folder")
            if not replace:
                reason = f"it is there already; --output {self.path} replaces it"
                raise OutputRefused(path=self.path, reason=reason)
            if not os.access(self.path, os.W_OK):
                raise OutputRefused(path=self.path, reason="it may not be written")
            if not stat.S_ISREG(found.st_mode):
                return
        self._target = self.path.resolve()
        part = self._target.with_name(f".{self._target.name[:200]}.{secrets.token_hex(4)}.part")
        try:
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        except OSError:
            if found is None:
                raise
            return  # there is no place beside it
        with os.fdopen(descriptor, "wb"):
            self._part = part
            if found is not None:
                part.chmod(stat.S_IMODE(found.st_mode))


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
