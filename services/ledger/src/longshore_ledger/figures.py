"""The ledger's figures at one moment: what the history keeps samples of, and what rates are made from."""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from longshore.event_types import Interval
from longshore_ledger.times import rfc3339

Buckets = dict[int, int]
"""Upper bound in ms: observations in that bucket alone, ever."""


class Figures(msgspec.Struct, frozen=True, array_like=True):
    """Counts that only rise, and how many tasks wait and run now."""

    submitted: int = 0
    succeeded: int = 0
    failed: int = 0
    revoked: int = 0
    retried: int = 0
    waiting: int = 0
    """PENDING, RETRY and QUEUED."""
    started: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        ours, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Figures(*map(sum, zip(ours, theirs, strict=True)))

    def beyond(self, before: "Figures") -> "Figures":
        """How much larger each count is than before, 0 where it fell: the ledger came from a backup."""
        ours, theirs = msgspec.structs.astuple(self), msgspec.structs.astuple(before)
        return Figures(*(max(0, our - their) for our, their in zip(ours, theirs, strict=True)))


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """The figures of every queue at `at`, us since 1970; `wait` and `run` are of all queues."""

    at: int
    queues: dict[str, Figures]
    wait: Buckets
    run: Buckets

    def of(self, queue: str | None = None) -> Figures:
        """One queue's figures, or those of all together."""
        if queue is not None:
            return self.queues.get(queue, Figures())
        return sum(self.queues.values(), Figures())


def intervals(samples: Sequence[Sample], queue: str | None = None) -> list[Interval[str]]:
    """What happened between each two samples that follow one another, in one queue or in all."""
    return [
        Interval(
            at=rfc3339(until.at),
            seconds=round((until.at - since.at) / 1e6, 1),
            submitted=risen.submitted,
            succeeded=risen.succeeded,
            failed=risen.failed,
            revoked=risen.revoked,
            retried=risen.retried,
            waiting=until.of(queue).waiting,
            started=until.of(queue).started,
        )
        for since, until in pairwise(samples)
        for risen in (_risen(since, until, queue),)
    ]


def _risen(since: Sample, until: Sample, queue: str | None) -> Figures:
    """By how much each count has risen. Queue by queue: what was counted in one is forgotten with it."""
    queues = until.queues if queue is None else [queue]
    return sum((until.of(each).beyond(since.of(each)) for each in queues), Figures())
