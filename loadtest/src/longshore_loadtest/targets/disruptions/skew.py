"""A wrong clock, by libfaketime."""

from contextlib import suppress
from pathlib import PurePosixPath
from typing import Final, Self

from msgspec.structs import replace

from longshore_loadtest.targets.disruptions.disruption import Disruption
from longshore_loadtest.targets.disruptions.folder import seen_by
from longshore_loadtest.targets.processes import Process

NEEDED: Final = ("LD_PRELOAD", "FAKETIME_TIMESTAMP_FILE")
"""What a process has to be started with.

FAKETIME_NO_CACHE=1 makes a change be seen at once, and FAKETIME_DONT_FAKE_MONOTONIC=1 leaves intervals right,
as a clock that is set does. Under libfaketime 0.9.10 (Debian bookworm) `time.sleep` of Python 3.11 and
later fails (wolfcw/libfaketime, issue 426).
"""
MISSING: Final = "it does not run under libfaketime (LD_PRELOAD and FAKETIME_TIMESTAMP_FILE)"


class Skew(Disruption, frozen=True, tag="skew"):
    """Sets a process' wall clock ahead, or back."""

    by: float
    """Seconds."""
    file: str = ""
    """Where libfaketime reads it, as the process sees it."""

    def lacks(self, main: Process) -> str | None:
        """A process that runs under libfaketime."""
        return None if runs_under_faketime(main.environment()) else MISSING

    def prepared(self, main: Process) -> Self:
        """See where the file is."""
        return replace(self, file=main.environment().get("FAKETIME_TIMESTAMP_FILE", ""))

    def begin(self, main: Process) -> None:
        """Set the clock wrong."""
        self._write(main, f"{self.by:+.0f}\n")

    def end(self, main: Process) -> None:
        """Set it right."""
        if self.file:
            with suppress(OSError):  # the container is gone, and its files with it
                self._write(main, "+0\n")

    def _write(self, main: Process, text: str) -> None:
        seen_by(main, str(PurePosixPath(self.file))).write_text(text, encoding="ascii")


def runs_under_faketime(environment: dict[str, str]) -> bool:
    """Whether the library is loaded, and told to read a file."""
    return all(environment.get(name) for name in NEEDED) and "faketime" in environment["LD_PRELOAD"]
