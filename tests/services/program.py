"""A program started as a process of the tests' own, with its log in a file."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class Program:
    """One process in a session of its own, so that a signal can reach its children, too."""

    def __init__(
        self, argv: Sequence[str], log_file: Path, env: Mapping[str, str], data: Path | None = None
    ) -> None:
        self.argv = list(argv)
        self.log_file = log_file
        self.env = dict(env)
        self.data = data
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The process, started or ended."""
        assert self._process is not None, f"{self.argv[0]} was never started"
        return self._process

    @property
    def pid(self) -> int:
        """Process id, which is the id of its process group too."""
        return self.process.pid

    def alive(self) -> bool:
        """True until the process has ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it; its log goes on where an earlier run ended."""
        assert not self.alive(), f"{self.argv[0]} runs already"
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.data,
                start_new_session=True,
            )

    def wait(self, within: float = 30.0) -> int:
        """Return the exit status, or fail after `within` seconds."""
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"{self.argv[:3]} still runs after {within:g} s\n{self.log()[-4000:]}"
            ) from None

    def stop(self, within: float = 60.0) -> None:
        """SIGTERM to the process alone, as a supervisor does; SIGKILL to all of it if that does not help."""
        if self.alive():
            self.process.terminate()
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.kill()
        self._signal_all(signal.SIGKILL)  # children that it left behind

    def kill(self) -> None:
        """SIGKILL to the process and its children, as when a machine dies."""
        self._signal_all(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()

    def kill_parent(self) -> None:
        """SIGKILL to the process alone; its children are left behind."""
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """SIGSTOP to the process and its children."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT to the process and its children."""
        self._signal_all(signal.SIGCONT)

    def remove(self) -> None:
        """End it and delete its data directory."""
        self.kill()
        if self.data is not None:
            shutil.rmtree(self.data, ignore_errors=True)

    def log(self) -> str:
        """Return what it has printed so far, in all its runs."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def _signal_all(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        below = _below(self._process.pid)  # a worker's children have sessions of their own
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
        for pid in below:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _below(pid: int) -> list[int]:
    """Process ids of a process' children, theirs, and so on."""
    found, open_ = [], [pid]
    while open_:
        threads = Path(f"/proc/{open_.pop()}/task")
        with suppress(OSError):
            texts = [(thread / "children").read_text() for thread in threads.iterdir()]
            open_ += [int(child) for text in texts for child in text.split()]
            found += [int(child) for text in texts for child in text.split()]
    return found
