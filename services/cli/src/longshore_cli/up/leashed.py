"""The supervisor's end of the leash."""

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from longshore_cli.up import leash


class Leash:
    """Tells the leash what runs; when this process is gone, however, the leash ends it."""

    def __enter__(self) -> Self:
        program = [sys.executable, "-I", "-S", str(Path(leash.__file__))]
        # A session of its own, so that a signal to the terminal's group leaves it be.
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            program, stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def changed(self, group: int, number: signal.Signals | None) -> None:
        """A process group has begun, and gets `number` if we vanish; None: it has ended."""
        assert self._process.stdin is not None, "it is a pipe"
        with suppress(OSError):  # somebody killed it: what runs goes on, and is stopped by us alone
            self._process.stdin.write(f"- {group}\n" if number is None else f"+ {group} {int(number)}\n")
            self._process.stdin.flush()
