"""The heart: says every second that this worker lives, from a thread and over a connection of its own.

So a parent that waits for the ledger or the broker is not taken for a dead one. What it hears, it passes on:
who is cancelled, and that we are to drain, to the loop; who is doubted, it vouches for itself if the run is
in our hands.
"""

import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any, Final

import structlog

from longshore.errors import LongshoreError
from longshore.ledger import Ledger
from longshore_worker.gate import Gate

log = structlog.get_logger()

_MOST_LISTED: Final = 100
_AGAIN: Final = 0.2
"""Seconds after a beat that the ledger did not hear: one that comes and goes must not take us for dead."""


class Heart:
    """Beats until it is stopped. `soon` runs a function in the loop's thread."""

    def __init__(
        self,
        gate: Gate,
        open_ledger: Callable[[], Ledger],
        every: float,
        about: dict[str, Any],
        soon: Callable[[Callable[[], None]], object],
        cancel: Callable[[list[str]], None],
        drain: Callable[[], None],
    ) -> None:
        self._gate = gate
        self._open = open_ledger
        self._every = every
        self._about = about
        self._soon = soon
        self._cancel = cancel
        self._drain = drain
        self._ledger: Ledger | None = None
        self._told = False
        self._progress: dict[str, tuple[int, int]] = {}
        self._stopping = threading.Event()
        context = contextvars.copy_context()
        self._thread = threading.Thread(target=lambda: context.run(self._run), name="heart", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._stopping.set()
        self._thread.join(5.0)

    def _run(self) -> None:
        while not self._stopping.is_set():
            due = time.monotonic() + self._every
            try:
                if self._ledger is None:
                    self._ledger = self._open()
                self._beat(self._ledger)
                self._told = False
            except LongshoreError as error:
                if not self._told:
                    log.warning("no heartbeat", reason=error.detail)
                self._told = True
                due = min(due, time.monotonic() + _AGAIN)
            except Exception:
                log.exception("a heartbeat failed")
            self._stopping.wait(max(0.05, due - time.monotonic()))
        if self._ledger is not None:
            self._ledger.close()

    def _beat(self, ledger: Ledger) -> None:
        gate, runs = self._gate, ledger.runs
        held = list(gate.held.values())  # one step, whatever the loop does meanwhile
        inbox = gate.inbox
        answer = runs.beat(gate.worker, self._about | self._now(held, inbox.held() if inbox else {}))
        if answer.doubted:
            tokens = {run.id: run.token for run in held}
            runs.vouch(gate.worker, [(id_, tokens[id_]) for id_ in answer.doubted if id_ in tokens])
        if answer.cancelled:
            self._soon(lambda: self._cancel(answer.cancelled))
        if answer.drain:
            self._soon(self._drain)
        self._tell_progress(runs)
        if gate.knowers.are_wanted:
            gate.knowers.learn(ledger.views.workers())

    def _now(self, held: list[Any], waiting: dict[str, int]) -> dict[str, Any]:
        now, wall = time.monotonic(), time.time()
        running = [
            {"id": run.id, "since": round(wall - (now - run.started_at), 3)} for run in held if run.started_at
        ]
        draining = {"draining": True} if self._gate.account.draining else {}
        return {"held": waiting, "running": running[:_MOST_LISTED]} | draining

    def _tell_progress(self, runs: Any) -> None:
        told, reports = {}, []
        for job in list(self._gate.floor.jobs.values()):
            found = job.running()
            done, total = job.slot.progress
            if found is None or not total or job.is_chunk:
                continue
            run = found[0]
            told[run.token] = done, total
            if self._progress.get(run.token) != (done, total):
                reports.append((run.id, run.token, done, total))
        self._progress = told
        if reports:
            runs.progress(reports)
