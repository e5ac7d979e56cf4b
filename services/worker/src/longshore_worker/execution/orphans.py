"""What a pool's child leaves behind when it ends: the programs that its tasks have started.

Each child has a session of its own, and the worker inherits whatever its children leave (it is their
"subreaper"). When a child ends, its session ends. When it ends in the middle of a task (a time limit, a
cancel, a drain, a crash), so does everything that the task has started, in whatever session. What a task that
ended by itself has left in another session was meant to stay, and stays.

Linux only; elsewhere nothing is ended.
"""

import ctypes
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

MARK: Final = "LONGSHORE_CHILD"
"""Environment variable of a pool's child, its process id: what it starts inherits it."""
PERSISTENCE: Final = 1.0
"""Seconds for which orphans are looked for: they may be starting others while they are ended."""
EVERY: Final = 0.05
"""Seconds between two looks."""

_SUBREAPER: Final = 36  # PR_SET_CHILD_SUBREAPER
SLACK: Final = 0.03
"""Seconds that the start of a process may be off: the kernel counts in ticks."""


class Process(NamedTuple):
    """What the kernel says of a process."""

    pid: int
    parent: int
    session: int
    age: float
    """Seconds since it was started."""
    ended: bool
    """Whether only its exit status is left."""


class _Crash(NamedTuple):
    pid: int
    began: float | None
    """When the task that it was running had begun, s of the monotonic clock."""
    at: float


class Orphans:
    """Those of this process' pool. `children` returns the process ids of its living children."""

    def __init__(self, children: Callable[[], set[int]]) -> None:
        self._children = children
        self._crashes: list[_Crash] = []
        self._session = os.getsid(0)
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)

    def left_by(self, pid: int, running: float | None) -> None:
        """A child has ended. `running`: for how many seconds a task was running in it, None if none was."""
        now = time.monotonic()
        self._crashes.append(_Crash(pid, None if running is None else now - running, now))

    def end(self) -> bool:
        """End what is to be ended now. False: there is nothing to look for any more."""
        now = time.monotonic()
        crashes, self._crashes = self._crashes, [one for one in self._crashes if now - one.at < PERSISTENCE]
        if crashes:
            for process in self._adopted():
                if any(self._is_left_by(process, crash, now) for crash in crashes):
                    with suppress(ProcessLookupError, PermissionError):
                        os.kill(process.pid, signal.SIGKILL)
            self.reap()
        return bool(self._crashes)

    def end_all(self) -> None:
        """End what is left when the pool is gone, before this process is."""
        while self.end():
            if all(process.ended for process in self._adopted()):
                return
            time.sleep(EVERY)

    def reap(self) -> None:
        """Take the exit status of processes that this one has inherited, or they would stay for ever."""
        children = self._children()
        for process in self._adopted() if self._something_ended(children) else ():
            if process.ended:
                with suppress(ChildProcessError):
                    os.waitpid(process.pid, os.WNOHANG)

    def _something_ended(self, children: set[int]) -> bool:
        """Whether a process other than a pool's child waits for that. One system call, usually."""
        with suppress(ChildProcessError):
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            return found is not None and found.si_pid not in children
        return False

    def _adopted(self) -> Iterator[Process]:
        """Processes below this one, but for its own session's and those below a living child of the pool."""
        below: dict[int, list[Process]] = {}
        for process in processes():
            below.setdefault(process.parent, []).append(process)
        children = self._children()
        open_ = list(below.get(os.getpid(), ()))
        while open_:
            process = open_.pop()
            if process.pid in children or process.session == self._session:
                continue
            yield process
            open_ += below.get(process.pid, ())

    def _is_left_by(self, process: Process, crash: _Crash, now: float) -> bool:
        if process.ended or process.session == crash.pid:
            return not process.ended
        if crash.began is None or process.age > now - crash.began + SLACK:
            return False
        return _mark(process.pid) in (None, str(crash.pid))


def processes() -> Iterator[Process]:
    """Every process of this machine that can be seen."""
    with suppress(FileNotFoundError):
        up = time.clock_gettime(time.CLOCK_BOOTTIME)
        ticks = os.sysconf("SC_CLK_TCK")
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with suppress(OSError):
                    # After the program's name, which may hold anything: state, parent, group, session, …
                    text = (folder / "stat").read_bytes().rpartition(b") ")[2]
                    state, parent, _, session, *rest = text.split()
                    age = up - int(rest[15]) / ticks
                    yield Process(int(folder.name), int(parent), int(session), age, state in b"ZX")


def _mark(pid: int) -> str | None:
    with suppress(OSError):
        for entry in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            name, _, value = entry.partition(b"=")
            if name.decode("utf-8", "replace") == MARK:
                return value.decode("utf-8", "replace")
    return None
