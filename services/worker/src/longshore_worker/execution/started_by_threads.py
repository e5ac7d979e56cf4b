"""What tasks have started in a pool of threads: the programs that a task's thread, or one of its own, forked.

The kernel lists the children of each thread, where it is built to (CONFIG_PROC_CHILDREN). A task that is
given up loses them, and all that is below them. A process whose parent has ended is below nobody any more: it
stays, and so does what a task that ended by itself has left.

Linux only; elsewhere nothing is ended.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from longshore_worker.execution.orphans import SLACK, Process, processes

_start_thread: Final = threading.Thread.start


class StartedByThreads:
    """What the jobs of this process' pool have started, by their serial numbers."""

    def __init__(self) -> None:
        self._jobs: WeakKeyDictionary[threading.Thread, int] = WeakKeyDictionary()
        self._running: set[int] = set()
        self._given_up: dict[int, float] = {}  # since when the item runs, s of the monotonic clock
        self._lock = threading.Lock()  # while it is held, no job ends: its thread would get another one

        @wraps(_start_thread)
        def start(thread: threading.Thread) -> None:
            serial = self._jobs.get(threading.current_thread())
            if serial is not None:  # without the lock: in a forked copy nobody would ever release it
                self._jobs[thread] = serial
            _start_thread(thread)

        # Nothing tells of a thread which other one has started it.
        threading.Thread.start = start  # type: ignore[method-assign,assignment]

    @contextmanager
    def job(self, serial: int) -> Iterator[None]:
        """Around all that the job's thread does for it."""
        thread = threading.current_thread()
        with self._lock:
            self._jobs[thread] = serial
            self._running.add(serial)
        try:
            yield
        finally:
            with self._lock:
                if serial in self._given_up:
                    self._end(serial)
                    del self._given_up[serial]
                del self._jobs[thread]
                self._running.remove(serial)

    def end(self, serial: int, seconds: float) -> bool:
        """End what a job has started in the last `seconds`. False: there was nothing.

        What it starts later ends when the job does, or this is called again.
        """
        with self._lock:
            if serial not in self._running:
                return False
            self._given_up.setdefault(serial, time.monotonic() - seconds)
            return self._end(serial)

    def end_again(self) -> None:
        """End what the jobs that were given up have started since."""
        with self._lock:
            for serial in self._given_up:
                self._end(serial)

    def _end(self, serial: int) -> bool:
        stopped: set[int] = set()
        # First all are stopped: what goes on could start something, and end before that is seen.
        while found := {process.pid for process in self._started(serial)} - stopped:
            _signal(found, signal.SIGSTOP)
            stopped |= found
        _signal(stopped, signal.SIGKILL)
        return bool(stopped)

    def _started(self, serial: int) -> Iterator[Process]:
        """Processes below the job's threads, but for what its thread has kept from before."""
        threads = [thread for thread in threading.enumerate() if self._jobs.get(thread) == serial]
        children = {pid for thread in threads for pid in _children(thread)} - _shared()
        if not children:
            return
        seconds = time.monotonic() - self._given_up[serial] + SLACK
        below: dict[int, list[Process]] = {}
        open_ = []
        for process in processes():
            below.setdefault(process.parent, []).append(process)
            if process.pid in children and process.age <= seconds:
                open_.append(process)
        while open_:
            process = open_.pop()
            if not process.ended:
                yield process
            open_ += below.get(process.pid, ())


def _children(thread: threading.Thread) -> set[int]:
    with suppress(OSError):
        return {int(pid) for pid in Path(f"/proc/self/task/{thread.native_id}/children").read_text().split()}
    return set()


def _shared() -> set[int | None]:
    """Processes of `multiprocessing` that all tasks share, whichever has needed them first."""
    return {
        getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None),
        getattr(getattr(resource_tracker, "_resource_tracker", None), "_pid", None),
    }


def _signal(pids: set[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
