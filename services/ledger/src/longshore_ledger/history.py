"""The history: a sample of the ledger's figures every fifteen seconds, kept for an hour and a little.

Every scheduler takes samples; time is cut into slots, and the first sample of a slot is the one that is kept.
A sample holds the queues that have changed since the one before it. So that the old can be forgotten, that
begins anew every five minutes, with a sample that holds all of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from longshore.states import TO_BE_STARTED, State
from longshore_ledger.connection import PREFIX, Connection
from longshore_ledger.figures import Figures, Sample
from longshore_ledger.metrics import Metrics
from longshore_ledger.times import now_us
from longshore_ledger.views import Views

EVERY: Final = 15.0
"""Seconds between two samples."""
KEPT: Final = 3600.0
"""Seconds that can be looked back."""

_SLOT: Final = int(EVERY * 1e6)
_GROUP: Final = 20
"""Slots, counted from 1970 on, of which the first sample holds all queues."""
_SLOTS: Final = int(KEPT / EVERY) + 2 * _GROUP


class History:
    """Takes samples and reads them."""

    def __init__(self, connection: Connection, metrics: Metrics, views: Views) -> None:
        self._connection = connection
        self._metrics = metrics
        self._views = views

    def now(self, counts: Mapping[str, Mapping[str, int]] | None = None) -> Sample:
        """The figures as they are now, of all queues. `counts` are `Views.counts()`, where they are known."""
        at = now_us(self._connection)
        totals: Counter[tuple[str, str]] = Counter()
        for (name, queue, _), count in self._metrics.counters().items():
            totals[name, queue] += count
        queues = {
            queue: Figures(
                submitted=totals["submitted", queue],
                succeeded=totals["succeeded", queue],
                failed=totals["failed", queue],
                revoked=totals["revoked", queue],
                retried=totals["retried", queue],
                waiting=sum(states[state] for state in TO_BE_STARTED),
                started=states[State.STARTED],
            )
            for queue, states in (self._views.counts() if counts is None else counts).items()
        }
        buckets: dict[str, Counter[int]] = {"wait": Counter(), "run": Counter()}
        for (name, _), observed in self._metrics.histograms().items():
            buckets[name].update(observed)
        return Sample(at, queues, dict(buckets["wait"]), dict(buckets["run"]))

    def record(self) -> float:
        """Keep a sample, unless there is one of this slot of time. Returns the seconds to the next slot."""
        now = self.now()
        slot = now.at // _SLOT
        before = self._samples(slot - slot % _GROUP, slot)
        if not before or before[-1].at // _SLOT != slot:
            known: dict[str, Figures] = before[-1].queues if before else {}
            changed = {queue: figures for queue, figures in now.queues.items() if known.get(queue) != figures}
            kept = Sample(now.at, changed, now.wait, now.run)
            self._connection.run("sample", slot, msgspec.msgpack.encode(kept), slot - _SLOTS)
        return ((slot + 1) * _SLOT - now.at) / 1e6

    def read(self, seconds: float = KEPT) -> list[Sample]:
        """The samples of the last `seconds`, the oldest first; fewer where no scheduler ran."""
        now = now_us(self._connection)
        since = now - int(seconds * 1e6)
        first = max(since // _SLOT, now // _SLOT - _SLOTS)
        return [
            sample for sample in self._samples(first - first % _GROUP, now // _SLOT) if sample.at >= since
        ]

    def _samples(self, first: int, last: int) -> list[Sample]:
        """What is kept of these slots, made whole; `first` is one that begins anew."""
        slots = range(first, last + 1)
        kept = self._connection.guard(lambda: self._connection.redis.hmget(f"{PREFIX}:history", list(slots)))
        return list(_whole(zip(slots, kept, strict=True)))


def _whole(kept: Iterable[tuple[int, bytes | None]]) -> Iterable[Sample]:
    queues: dict[str, Figures] = {}
    for slot, text in kept:
        if slot % _GROUP == 0:
            queues = {}
        if text is not None:
            try:
                sample = msgspec.msgpack.decode(text, type=Sample)
            except msgspec.MsgspecError:
                continue  # The curve has a gap there.
            queues = queues | sample.queues
            yield msgspec.structs.replace(sample, queues=queues)
