"""The pools, each an `in_flight.Pool`: processes, threads, and room for others.

A pool that runs `async def` tasks on one event loop would be a third class here: start, finish and
acknowledgement are the dispatcher's, so it needs nothing from Celery's tracer.
"""

import os
import select
import signal
import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from typing import Any, Final

import structlog
from celery.concurrency.asynpool import AsynPool, _get_job_writer
from celery.concurrency.prefork import TaskPool as CeleryPrefork
from celery.concurrency.thread import TaskPool as CeleryThreads

from longshore_worker.celery_adapter.tasks import run_job
from longshore_worker.execution.child import JobArgs
from longshore_worker.execution.crash import LastWords, cause
from longshore_worker.execution.started_by_threads import StartedByThreads

_REAP_SECONDS: Final = 0.01
_FAREWELL: Final = 5.0
"""Seconds in which a child must read on when the loop waits for it, and end when the worker stops."""
_MOST_CAUSES: Final = 1000

log = structlog.get_logger()


class PatientPool(AsynPool):
    """Celery's process pool, but for what it throws away.

    When the broker's connection is lost, Celery drops the jobs that no child has accepted: the broker will
    deliver them again. Ours belong to the dispatcher, which keeps them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._last_words: dict[int, LastWords] = {}
        self.causes: OrderedDict[int, str] = OrderedDict()
        """How children have ended, by process id."""
        self.ended: Callable[[int], object] | None = None
        """Told of each child that has ended, before what it was running is dealt with."""
        super().__init__(*args, **kwargs)

    @property
    def children(self) -> set[int]:
        """Process ids of children that have not been seen to end."""
        return set(self._last_words)

    def _create_worker_process(self, i: int) -> Any:
        words = LastWords()
        process = super()._create_worker_process(i)
        self._last_words[process.pid] = words
        return process

    def _track_child_process(self, proc: Any, hub: Any) -> None:
        # A child's end is told by the kernel. Celery waits for the end of a pipe, which processes that a task
        # has forked may hold open.
        if hasattr(os, "pidfd_open") and not hasattr(proc, "_sentinel_poll"):
            with suppress(OSError):
                proc._sentinel_poll = os.pidfd_open(proc.pid)  # noqa: SLF001
        super()._track_child_process(proc, hub)

    def process_flush_queues(self, worker: Any) -> None:
        """A child has ended: the first that is called for each."""
        words = self._last_words.pop(worker.pid, None)
        if words is not None:
            self.causes[worker.pid] = cause(worker.exitcode, words.take())
            words.close()
            if len(self.causes) > _MOST_CAUSES:
                self.causes.popitem(last=False)
            if self.ended is not None:
                self.ended(worker.pid)
        super().process_flush_queues(worker)

    def flush(self) -> None:
        """Finish the writes that the event loop had begun: it forgets them together with the connection."""
        for job in list(self._cache.values()):
            writer = _get_job_writer(job)
            if writer in self._active_writers:
                _finish(job._write_to, writer)  # noqa: SLF001
        self._active_writers.clear()
        self._active_writes.clear()

    @staticmethod
    def _stop_task_handler(task_handler: Any) -> None:
        """Tell the children to end. Celery's waits for room in a child's pipe, for ever if it is stuck."""
        for child in task_handler.pool:
            with suppress(OSError):  # it is gone, or its pipe is full
                child.inq.put(None)

    def join(self) -> None:
        """Wait until the children have ended, and end those that do not in time: they are stopped or stuck.

        Celery's, which waits for ever, reads meanwhile what they still have to say: a child does not end
        before.
        """
        farewell = threading.Timer(_FAREWELL, _end, [[child.pid for child in self._pool]])
        farewell.start()
        try:
            super().join()
        finally:
            farewell.cancel()

    def _event_process_exit(self, hub: Any, proc: Any) -> None:
        super()._event_process_exit(hub, proc)
        if proc in self._pool:
            # Its pipe was closed a moment before it could be reaped. Celery would look again in 5 s.
            hub.call_later(_REAP_SECONDS, self._event_process_exit, hub, proc)


def _end(pids: Iterable[int]) -> None:
    """Kill those of our children that still run, without reaping any."""
    for pid in pids:
        with suppress(ChildProcessError):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                log.warning("a child does not end; it is killed", pid=pid)
                os.kill(pid, signal.SIGKILL)


def _finish(child: Any, writer: Generator[None, None, None]) -> None:
    """Write the rest of a job. A child that takes nothing of it is stuck, and killed."""
    room = select.poll()
    room.register(child.inqW_fd, select.POLLOUT)
    while room.poll(_FAREWELL * 1000):
        try:
            next(writer)
        except (StopIteration, OSError, EOFError):
            return
    log.warning("a child does not read its job; it is killed", pid=child.pid)
    os.kill(child.pid, signal.SIGKILL)


class Prefork(CeleryPrefork):
    """Processes: for work on the processor, and for all that must be killable."""

    Pool = PatientPool
    kills = True

    def send(self, job: JobArgs, done: Callable[[], None]) -> Callable[[], int]:
        """See `in_flight.Pool.send`."""

        def answered(_: object) -> None:
            done()

        sent: Any = self.apply_async(run_job, job, callback=answered, error_callback=answered)

        def taker() -> int:
            process = sent._write_to  # noqa: SLF001  # set when the first byte goes into its pipe
            return process.pid if process else 0

        return taker

    def kill(self, pid: int) -> None:
        """See `in_flight.Pool.kill`. SIGKILL: a task may ignore everything else."""
        with suppress(ProcessLookupError):
            self.terminate_job(pid, signal.SIGKILL)

    def end_started(self, serial: int, seconds: float) -> bool:  # noqa: ARG002
        """See `in_flight.Pool.end_started`."""
        return False

    def cause(self, pid: int) -> str:
        """See `in_flight.Pool.cause`."""
        causes: OrderedDict[int, str] = self._pool.causes
        return causes.get(pid) or cause(None)

    @property
    def children(self) -> set[int]:
        """Process ids of the living."""
        return set() if self._pool is None else self._pool.children

    def when_one_ends(self, tell: Callable[[int], object]) -> None:
        """Tell of each child that has ended."""
        self._pool.ended = tell


class Threads(CeleryThreads):
    """Threads: for work that waits. They share one interpreter, and cannot be killed; what they start can."""

    kills = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._started = StartedByThreads()

    def on_stop(self) -> None:
        """Wait for nobody: by now the dispatcher has given up on whatever still runs."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        self._started.end_again()

    def send(self, job: JobArgs, done: Callable[[], None]) -> Callable[[], int]:
        """See `in_flight.Pool.send`."""
        _, _, serial, _ = job

        def run() -> None:
            try:
                with self._started.job(serial):
                    run_job(*job)
            finally:
                done()

        self.executor.submit(run)
        return lambda: 0

    def kill(self, pid: int) -> None:
        """See `in_flight.Pool.kill`."""

    def end_started(self, serial: int, seconds: float) -> bool:
        """See `in_flight.Pool.end_started`."""
        return self._started.end(serial, seconds)

    def cause(self, pid: int) -> str:  # noqa: ARG002
        """See `in_flight.Pool.cause`."""
        return cause(None)


POOLS: Final[dict[str, type]] = {"prefork": Prefork, "threads": Threads}
"""By the name that `--pool` says."""
