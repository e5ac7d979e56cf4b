"""The reporter: the parent's side of the heartbeat.

A thread reports to the heartbeat's process what this worker holds, and passes on to the loop what it is told:
who is cancelled, and that we are to drain. When that process is killed, by a kernel that is out of memory for
instance, a thread beats in its place.
"""

import contextvars
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import Pipe
from typing import Any, Final

import msgspec
import structlog

from longshore_ledger import Ledger
from longshore_worker.dispatch.heartbeat import Heartbeat, HeartbeatProcess, Report, Told
from longshore_worker.dispatch.peers import Peers
from longshore_worker.dispatch.run import Run
from longshore_worker.dispatch.state import State

log = structlog.get_logger()

_MOST_LISTED: Final = 100


class HeartbeatReporter:
    """Reports until it is stopped. `soon` runs a function in the loop's thread."""

    def __init__(
        self,
        state: State,
        peers: Peers,
        process: HeartbeatProcess,
        open_ledger: Callable[[], Ledger],
        every: float,
        about: dict[str, Any],
        soon: Callable[[Callable[[], None]], object],
        cancel: Callable[[list[str]], None],
        drain: Callable[[], None],
    ) -> None:
        self._state = state
        self._peers = peers
        self._process = process
        self._link = process.link
        self._open = open_ledger
        self._every = every
        self._about = about
        self._soon = soon
        self._cancel = cancel
        self._drain = drain
        self._stopping = threading.Event()
        self._thread = self._make_thread("reporter", self._run)

    def start(self) -> None:
        """Begin to report, and so to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._stopping.set()
        self._process.end()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            due = time.monotonic() + self._every
            try:
                self._link.send_bytes(msgspec.json.encode(self._report()))
                while (left := due - time.monotonic()) > 0 and not self._stopping.is_set():
                    if self._link.poll(left):
                        self._pass_on(msgspec.json.decode(self._link.recv_bytes(), type=Told))
            except (EOFError, OSError):
                if not self._stopping.is_set():
                    self._beat_in_a_thread()
            except Exception:
                log.exception("a report to the heartbeat failed")
                self._stopping.wait(self._every)
        with suppress(OSError):
            self._link.close()

    def _beat_in_a_thread(self) -> None:
        log.error(
            "the process of the heartbeat is gone; a thread beats in its place",
            advice="see what killed it (the kernel's log tells of memory), then restart this worker",
        )
        self._link, theirs = Pipe()
        self._make_thread("heartbeat", Heartbeat(theirs, self._open, self._every).run).start()

    def _pass_on(self, told: Told) -> None:
        if told.cancelled:
            self._soon(lambda: self._cancel(told.cancelled))
        if told.drain:
            self._soon(self._drain)
        if told.others is not None:
            self._peers.learn(told.others)

    def _report(self) -> Report:
        held = list(self._state.held.values())  # one step, whatever the loop does meanwhile
        inbox = self._state.inbox
        return Report(
            worker=self._state.worker,
            about=self._about | self._now(held, inbox.held() if inbox else {}),
            held={run.id: run.token for run in held},
            progress=self._progress(),
            asks_for_others=self._peers.are_wanted,
        )

    def _now(self, held: list[Run], waiting: dict[str, int]) -> dict[str, Any]:
        now, wall = time.monotonic(), time.time()
        running = [
            {"id": run.id, "since": round(wall - (now - run.started_at), 3)} for run in held if run.started_at
        ]
        draining = {"draining": True} if self._state.draining else {}
        stalls = len(self._state.stalled_since)
        stalled = {"stalled": stalls} if stalls else {}
        return {"held": waiting, "running": running[:_MOST_LISTED]} | draining | stalled

    def _progress(self) -> list[tuple[str, str, int, int]]:
        lines = []
        for job in list(self._state.jobs.values()):
            found = job.running()
            done, total = job.slot.progress
            if found is not None and total and not job.is_chunk:
                lines.append((found[0].id, found[0].token, done, total))
        return lines

    @staticmethod
    def _make_thread(name: str, run: Callable[[], None]) -> threading.Thread:
        context = contextvars.copy_context()
        return threading.Thread(target=lambda: context.run(run), name=name, daemon=True)
