"""The snapshot: what the whole system looks like, made once a process however many want it."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from longshore.errors import LongshoreError
from longshore.event_types import Quantiles, QueueNow, Rates, WorkersNow
from longshore.states import State
from longshore_api.events.quantiles import quantiles
from longshore_api.shapes import Snapshot
from longshore_ledger import Ledger
from longshore_ledger.figures import Sample, intervals
from longshore_ledger.history import EVERY
from longshore_ledger.shapes import Queue, WorkerView
from longshore_ledger.times import rfc3339

_FRESH: Final = 1.0
"""Seconds for which a snapshot will do."""
_SPAN: Final = 10_500_000
"""Rates are over the last so many us, where snapshots were made all the time."""
_LEAST: Final = 2_000_000
"""Two samples that are nearer, in us, make a rate that jumps."""
_LOOK_BACK: Final = 300.0 + EVERY
"""Quantiles are over the last so many s."""


class Snapshots:
    """Makes snapshots. Rates rest on its own samples while it is asked every second, else on history."""

    def __init__(self, ledger: Callable[[], Ledger]) -> None:
        """`ledger` gives the ledger, or raises LongshoreError while it is away."""
        self._ledger = ledger
        self._lock = threading.Lock()
        self._made = b""
        self._made_at = float("-inf")
        self._failure: LongshoreError | None = None
        self._failed_at = float("-inf")
        self._samples: deque[Sample] = deque()
        self._history: list[Sample] = []
        self._history_slot = 0

    def latest(self, fresh: float = _FRESH) -> bytes:
        """A snapshot in JSON, no older than `fresh` seconds. Raises LongshoreError."""
        with self._lock:
            if time.monotonic() - self._made_at > fresh:
                # A ledger that hangs costs seconds an attempt, and those must not add up behind the lock.
                if self._failure and time.monotonic() - self._failed_at < _FRESH / 2:
                    raise type(self._failure)(**self._failure.fields)
                self._try()
            return self._made

    def _try(self) -> None:
        try:
            self._made = msgspec.json.encode(self._make(self._ledger()))
        except LongshoreError as error:
            self._failure, self._failed_at = error, time.monotonic()
            raise
        self._failure, self._made_at = None, time.monotonic()

    def _make(self, ledger: Ledger) -> Snapshot:
        counts, workers = ledger.views.counts(), ledger.views.workers()
        now, queues = ledger.history.now(counts), ledger.views.queues(counts, workers)
        history = self._past(ledger, now)
        base = self._base(now, history)
        states: Counter[str] = Counter({str(state): 0 for state in State})
        for queue in queues:
            states.update(queue.counts)
        past = history[0] if history else base
        return Snapshot(
            at=rfc3339(now.at),
            states=dict(states),
            rates=Rates(*_rates(now, base)),
            wait=_quantiles("wait", now, past),
            run=_quantiles("run", now, past),
            queues=[_queue(view, now, base) for view in queues],
            workers=_workers(workers),
            broker_away=ledger.maintenance.broker().get("", {}).get("away"),
            parked=ledger.metrics.parked(),
            interval=next(iter(intervals(history[-2:])), None),
        )

    def _past(self, ledger: Ledger, now: Sample) -> list[Sample]:
        """The history, read anew when there may be a new sample."""
        slot = int(now.at / 1e6 / EVERY)
        if slot != self._history_slot or not self._history or self._history[-1].at < slot * EVERY * 1e6:
            self._history = ledger.history.read(_LOOK_BACK)
            self._history_slot = slot
        return self._history

    def _base(self, now: Sample, history: Sequence[Sample]) -> Sample | None:
        """The sample that rates are made from: of ten seconds ago, if there was one then."""
        self._samples.append(now)
        while not 0 <= now.at - self._samples[0].at <= _SPAN:
            self._samples.popleft()
        candidates = [self._samples[0], *reversed(history)]
        return next((sample for sample in candidates if now.at - sample.at >= _LEAST), None)


def _rates(now: Sample, base: Sample | None, queue: str | None = None) -> tuple[float, float, float]:
    """Submitted, succeeded and failed a second."""
    if base is None:
        return 0.0, 0.0, 0.0
    seconds = (now.at - base.at) / 1e6
    after, before = now.of(queue), base.of(queue)
    counts = (
        after.submitted - before.submitted,
        after.succeeded - before.succeeded,
        after.failed - before.failed,
    )
    submitted, succeeded, failed = (round(max(0, count) / seconds, 2) for count in counts)
    return submitted, succeeded, failed


def _quantiles(name: str, now: Sample, past: Sample | None) -> Quantiles | None:
    return None if past is None else quantiles(getattr(now, name), getattr(past, name))


def _queue(view: Queue, now: Sample, base: Sample | None) -> QueueNow[str]:
    _, succeeded, failed = _rates(now, base, view.name)
    return QueueNow(
        name=view.name,
        paused=view.paused,
        waiting=view.waiting,
        started=view.counts[State.STARTED],
        failed=view.counts[State.FAILURE],
        rate=round(succeeded + failed, 2),
        workers=view.workers,
        oldest_at=view.oldest_at,
        outstanding=view.outstanding,
    )


def _workers(views: Sequence[WorkerView]) -> WorkersNow:
    alive = [view for view in views if view.alive]
    return WorkersNow(
        alive=len(alive),
        gone=len(views) - len(alive),
        # A worker holds more than it runs: the next ones wait within it.
        running=sum(min(view.running, view.info.get("concurrency", 0)) for view in alive),
        capacity=sum(view.info.get("concurrency", 0) for view in alive),
    )
