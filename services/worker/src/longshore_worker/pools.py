"""The pools, seen by the gate through one small interface: processes, threads, and room for others.

A pool that runs `async def` tasks on one event loop would be a third class here: start, finish and
acknowledgement are the gate's, so it needs nothing from Celery's tracer.
"""

import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

from celery.concurrency.asynpool import AsynPool, _get_job_writer
from celery.concurrency.prefork import TaskPool as CeleryPrefork
from celery.concurrency.thread import TaskPool as CeleryThreads

_REAP_SECONDS: Final = 0.01


class Pool(Protocol):
    """Somewhere to run jobs."""

    limit: int
    """Jobs that run at once."""
    kills: bool
    """Whether `kill` can end a job."""

    def send(self, function: Callable[..., None], args: tuple[Any, ...], done: Callable[[], None]) -> None:
        """Run `function(*args)` as soon as there is room.

        `done` is called when it returned, or when its process is gone: perhaps from another thread, so it
        must only take a note.
        """

    def kill(self, pid: int) -> None:
        """End the process that runs a job, if it is still one of ours."""


class PatientPool(AsynPool):
    """Celery's process pool, but for what it throws away.

    When the broker's connection is lost, Celery drops the jobs that no child has accepted: the broker will
    deliver them again. Ours belong to the gate, which keeps them.
    """

    def flush(self) -> None:
        """Finish the writes that the event loop had begun: it forgets them together with the connection."""
        for job in list(self._cache.values()):
            writer = _get_job_writer(job)
            if writer in self._active_writers:
                self._flush_writer(job._write_to, writer)  # noqa: SLF001
        self._active_writers.clear()
        self._active_writes.clear()

    def _event_process_exit(self, hub: Any, proc: Any) -> None:
        super()._event_process_exit(hub, proc)
        if proc in self._pool:
            # Its pipe was closed a moment before it could be reaped. Celery would look again in 5 s.
            hub.call_later(_REAP_SECONDS, self._event_process_exit, hub, proc)


class Prefork(CeleryPrefork):
    """Processes: for work on the processor, and for all that must be killable."""

    Pool = PatientPool
    kills = True

    def send(self, function: Callable[..., None], args: tuple[Any, ...], done: Callable[[], None]) -> None:
        """See `Pool.send`."""

        def answered(_: object) -> None:
            done()

        self.apply_async(function, args, callback=answered, error_callback=answered)

    def kill(self, pid: int) -> None:
        """See `Pool.kill`. SIGKILL: a task may ignore everything else."""
        with suppress(ProcessLookupError):
            self.terminate_job(pid, signal.SIGKILL)


class Threads(CeleryThreads):
    """Threads: for work that waits. They share one interpreter and cannot be killed."""

    kills = False

    def on_stop(self) -> None:
        """Wait for nobody: by now the gate has given up on whatever still runs."""
        self.executor.shutdown(wait=False, cancel_futures=True)

    def send(self, function: Callable[..., None], args: tuple[Any, ...], done: Callable[[], None]) -> None:
        """See `Pool.send`."""

        def run() -> None:
            try:
                function(*args)
            finally:
                done()

        self.executor.submit(run)

    def kill(self, pid: int) -> None:
        """See `Pool.kill`."""
