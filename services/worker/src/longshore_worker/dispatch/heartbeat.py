"""The heartbeat: says every second that this worker lives, from a process of its own.

A thread of the worker would not do: a C function that holds the GIL (a regular expression, a large sort)
stops all threads of its process for as long as it likes, and a worker that is only late would be taken for
dead. So the process is forked before any thread or task is there, and beats as long as its parent's process
exists. Whether a parent that exists still gets anything done is for the probe to say.

The parent reports every second what it holds, and is told what the ledger says. A task that the ledger says
this worker runs, and that two reports in a row do not name, is doubted: its FINISH was lost with the ledger's
latest moments.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any, Final

import msgspec
import structlog

from longshore.errors import LongshoreError
from longshore_ledger import Ledger
from longshore_ledger.runs import Runs
from longshore_ledger.shapes import WorkerView

log = structlog.get_logger()

SILENCE: Final = 60.0
"""Seconds without a report after which a parent that exists counts as dead: its probe has long failed."""
_AGAIN: Final = 0.2
"""Seconds after a beat that the ledger did not hear: one that comes and goes must not take us for dead."""
_PR_SET_PDEATHSIG: Final = 1


class Report(msgspec.Struct, frozen=True):
    """What the worker says of itself."""

    worker: str
    about: dict[str, Any]
    """See `Runs.beat`."""
    held: dict[str, str]
    """Tokens of the runs in its hands, by task id."""
    progress: list[tuple[str, str, int, int]]
    """Of running tasks: id, token, done, total."""
    asks_for_others: bool
    """Whether it wants to know which other workers there are."""


class Told(msgspec.Struct, frozen=True):
    """What the ledger says to it."""

    cancelled: list[str]
    drain: bool
    others: list[WorkerView] | None


class Heartbeat:
    """The beating itself. A report is answered at most once, so that a parent that is late is not swamped."""

    def __init__(self, link: Connection, open_ledger: Callable[[], Ledger], every: float) -> None:
        self._link = link
        self._open = open_ledger
        self._every = every
        self._ledger: Ledger | None = None
        self._report: Report | None = None
        self._reported_at = 0.0
        self._is_new = False
        self._unknown: set[str] = set()
        self._progress: dict[str, tuple[int, int]] = {}
        self._told = False

    def run(self) -> None:
        """Beat, from the first report on, until the other end of the link is closed."""
        with suppress(EOFError, OSError):
            self._take(self._link.recv_bytes())
            while True:
                due = max(time.monotonic() + 0.05, self._try_to_beat())
                while (left := due - time.monotonic()) > 0:
                    if self._link.poll(left):
                        self._take(self._link.recv_bytes())
        if self._ledger is not None:
            self._ledger.close()

    def beat(self, runs: Runs, report: Report) -> Told:
        """Beat once, and see to what follows from it but for what only the parent can do."""
        answer = runs.beat(report.worker, report.about)
        if known := [(id, report.held[id]) for id in answer.doubted if id in report.held]:
            runs.confirm_running(report.worker, known)
        if self._is_new:
            unknown = {id for id in answer.running if id not in report.held}
            if lost := (unknown & self._unknown).difference(answer.doubted):
                log.warning("the ledger says that we run tasks which we do not know", tasks=len(lost))
                runs.doubt(report.worker, sorted(lost))
            self._unknown = unknown
        changed = [line for line in report.progress if self._progress.get(line[1]) != line[2:]]
        self._progress = {token: (done, total) for _, token, done, total in report.progress}
        runs.progress(changed)
        return Told(answer.cancelled, answer.drain, None)

    def _take(self, message: bytes) -> None:
        self._report = msgspec.json.decode(message, type=Report)
        self._reported_at = time.monotonic()
        self._is_new = True

    def _try_to_beat(self) -> float:
        """When to beat next, s of the monotonic clock."""
        began, report = time.monotonic(), self._report
        assert report is not None
        due = began + self._every
        if began - self._reported_at > SILENCE:
            if not self._told:
                log.error("no heartbeat", reason=f"the worker has done nothing for {SILENCE:.0f} s")
            self._told = True
            return due
        try:
            if self._ledger is None:
                self._ledger = self._open()
            told = self.beat(self._ledger.runs, report)
            if self._is_new:
                others = self._ledger.views.workers() if report.asks_for_others else None
                self._link.send_bytes(msgspec.json.encode(Told(told.cancelled, told.drain, others)))
            self._is_new = self._told = False
        except LongshoreError as error:
            if not self._told:
                log.warning("no heartbeat", reason=error.detail)
            self._told = True
            return min(due, time.monotonic() + _AGAIN)
        except OSError:
            raise  # the parent is gone
        except Exception:
            log.exception("a heartbeat failed")
        return due


class HeartbeatProcess:
    """The process, as its parent sees it: `link` leads to it."""

    def __init__(self, pid: int, link: Connection) -> None:
        self.link = link
        self._pid = pid

    @classmethod
    def fork(cls, open_ledger: Callable[[], Ledger], every: float) -> "HeartbeatProcess":
        """Fork it. To be called before there are threads, tasks or connections."""
        ours, theirs = Pipe()
        parent = os.getpid()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            try:
                ours.close()
                _end_with(parent)
                Heartbeat(theirs, open_ledger, every).run()
            finally:
                os._exit(0)
        theirs.close()
        # Processes forked later must not keep the link open: its end is how the heartbeat learns of ours.
        os.register_at_fork(after_in_child=ours.close)
        return cls(pid, ours)

    def end(self) -> None:
        """End it now: nothing is said to the ledger any more."""
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _end_with(parent: int) -> None:
    """Live as long as the parent, whatever a terminal or a supervisor sends to the whole group."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
