"""A process of ours, with its output in a file. It never outlives the `with` block."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self


class Child:
    """Its environment is ours and what is given. `grace` is how long it may take to end when asked, s."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str], *, grace: float
    ) -> None:
        self._command = command
        self.log = log
        self._environment = environment
        self._grace = grace

    def __enter__(self) -> Self:
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | dict(self._environment),
                # Ctrl-C is ours alone: we end our children in order.
                start_new_session=True,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.ask_to_end()
        if self.wait(self._grace) is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        """Wait for its end; its exit status, or None when it still runs after `seconds`."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def ask_to_end(self) -> None:
        """Send it SIGTERM."""
        if self.running:
            self._process.terminate()

    def last_lines(self, count: int = 20) -> str:
        """The end of what it wrote."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
