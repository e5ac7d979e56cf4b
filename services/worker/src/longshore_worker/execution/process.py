"""The process of a pool's child: what it becomes, what it sees to between tasks, and when it is replaced.

In a pool of threads there is none: tasks share one process there, with each other and with the worker.
"""

import multiprocessing.process
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog

from longshore_worker.execution.crash import LastWords
from longshore_worker.execution.streams import Unrestored
from longshore_worker.execution.surroundings import Surroundings, mark_environment

log = structlog.get_logger()

_MEBIBYTE: Final = 1 << 20
_exit: Final = os._exit  # a task may replace it, and a child that goes on past its end is a second worker
_main_process: Final = multiprocessing.process.current_process()


class ChildProcess:
    """The one we are in. It ends after `max_tasks` tasks or lines, or at `max_memory` MiB; 0 is never.

    `recycle` is the exit status by which the pool knows that nothing is wrong.
    """

    def __init__(self, max_tasks: int, max_memory: int, recycle: int) -> None:
        self._max_tasks = max_tasks
        self._max_memory = max_memory
        self._recycle = recycle
        self._tasks = 0
        self._end: str | None = None
        self._surroundings = Surroundings()

    def enter(self) -> None:
        """A job begins."""
        self._surroundings.enter()

    def restore_builtins(self) -> None:
        """A task's function has ended."""
        self._surroundings.restore_builtins()

    def tidy(self, task: str, id: str) -> bool:
        """A task, or a line, is over. False: this process is to begin no other."""
        self._tasks += 1
        try:
            self._report(self._surroundings.restore(), task, id)
        except Exception as error:  # noqa: BLE001  # whatever it is: not with the next task
            self._give_up(error, task, id)
        if self._max_tasks and self._tasks >= self._max_tasks and self._end is None:
            self._end = f"it has run {self._tasks} tasks"
        return self._end is None

    def leave(self, task: str, id: str) -> None:
        """A job is over. Raises SystemExit when this process is to be replaced."""
        try:
            self._report(self._surroundings.leave(), task, id)
        except Exception as error:  # noqa: BLE001
            self._give_up(error, task, id)
        if self._max_memory and self._end is None:
            used = _memory()
            if used >= self._max_memory * _MEBIBYTE:
                self._end = f"it has {used // _MEBIBYTE} MiB"
        if self._end is not None:
            log.info("a child is replaced", reason=self._end)
            raise SystemExit(self._recycle)

    def _report(self, found: list[str], task: str, id: str) -> None:
        if found:
            log.warning("a task left something behind, which is put back", task=task, id=id, left=found)

    def _give_up(self, error: Exception, task: str, id: str) -> None:
        what = str(error) if isinstance(error, Unrestored) else repr(error)
        log.warning("a task left something behind that cannot be put back", task=task, id=id, left=what)
        self._end = f"a task has changed {what}"


_this: ChildProcess | None = None
_make: Callable[[], ChildProcess] | None = None


def this() -> ChildProcess | None:
    """Return what we are in, if it is a pool's child."""
    global _this  # noqa: PLW0603
    if _this is None and _make is not None:
        _this = _make()  # with the first job: by then Celery and billiard have done what they do to a child
    return _this


def become_a_child(max_tasks: int, max_memory: int, recycle: int) -> None:
    """Called in a new child, when Celery has made it one. For the arguments see `ChildProcess`."""
    global _make  # noqa: PLW0603
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # A session of its own: a supervisor, or a terminal, that signals the whole group does not end what the
    # drain lets end; and what a task starts can be told from all else. The child ends with its parent, by the
    # kernel's parent-death signal, which Celery has set.
    with suppress(OSError):
        os.setsid()
    mark_environment()
    if LastWords.newest is not None:
        LastWords.newest.listen()
    # To billiard this process is a daemon, which must not have children, and multiprocessing would agree.
    module: Any = multiprocessing.process
    module._current_process = _main_process  # noqa: SLF001
    _make = partial(ChildProcess, max_tasks, max_memory, recycle)


def end_at_once(exitcode: int = 0, **_: Any) -> None:
    """Receiver of `worker_process_shutdown`: billiard would wait a second for a signal of its parent's."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    _exit(exitcode)


def _memory() -> int:
    """Bytes of this process that are in memory."""
    with suppress(OSError):
        return int(Path("/proc/self/statm").read_bytes().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
