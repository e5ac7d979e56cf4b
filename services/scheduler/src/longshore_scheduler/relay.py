"""The relay: takes ready work out of the ledger and puts a window of it into the broker.

A claim is a lease. Whatever happens to this process, a claimed task is confirmed, given back, or its lease
lapses and another relay takes it; what is published twice is dropped when a worker starts it.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

from longshore.broker import Publisher, Server, Settled, message_of
from longshore.errors import BrokerUnavailable, LedgerUnavailable, QueueRefused
from longshore.ledger import Ledger
from longshore_scheduler.measures import RelayMeasures
from longshore_scheduler.waker import Waker

BATCH: Final = 500
"""Tasks claimed by one script."""
MOST_UNSETTLED: Final = 4000
"""Copies that may wait for their confirms at once: RabbitMQ takes 50-300 ms for one while a consumer is
attached, so that a relay which waits for each batch moves a tenth of what one with several under way does."""
WINDOW_PER_CONSUMER: Final = 250
"""A worker process holds up to 128 copies of short tasks and wants as many waiting behind them."""

_DUE_SECONDS: Final = 0.05
_LOOK_SECONDS: Final = 0.25
"""Between two looks at the backlog when nothing woke us: another relay may have swallowed the call."""
_FULL_SECONDS: Final = (0.005, 0.05)
"""Between two looks when work waits for room in the window: from, to."""
_GAP_SECONDS: Final = 0.001
"""Between two looks however often we are woken, so that a stream of single tasks is moved in batches."""
_CONFIRM_SECONDS: Final = 0.005
_CONFIRM_COUNT: Final = 200
_REST_SECONDS: Final = 1.0
"""How long a queue rests after the broker refused something for it."""
_WINDOWS_SECONDS: Final = 1.0
_GOODBYE_SECONDS: Final = 3.0

log = structlog.get_logger()
Copies = dict[str, list[tuple[str, str]]]


class Relay:
    """Claims, publishes, confirms; one publisher, one thread."""

    name = "relay"
    needs = frozenset({"ledger", "broker"})

    def __init__(
        self, ledger: Ledger, publisher: Publisher, waker: Waker, measures: RelayMeasures, *, window: int
    ) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._waker = waker
        self._measures = measures
        self._least_window = window
        self._windows: Mapping[str, int] = {}
        self._connected = False
        self._declared: set[str] = set()
        self._resting: dict[str, float] = {}
        self._confirmed: Copies = defaultdict(list)
        self._returned: Copies = defaultdict(list)
        self._server: Server | None = None
        self._blocked: str | None = None
        self._confirm_at = self._due_at = self._look_at = self._looked_at = self._windows_at = 0.0
        self._full_pause = _FULL_SECONDS[0]
        self._gap = _GAP_SECONDS

    def step(self) -> float:
        """Do one round, and wait in it for whatever comes first: work, a confirm, a due time."""
        try:
            if not self._connected:
                self._connect()
            self._round()
        except BrokerUnavailable:
            self._lose_broker()
            raise
        return 0.0

    def blocked(self) -> str | None:
        """Why the broker takes no messages for now, None when it does."""
        return self._blocked

    def close(self) -> None:
        """Wait a moment for outstanding confirms, then give back what has none."""
        deadline = time.monotonic() + _GOODBYE_SECONDS
        with suppress(BrokerUnavailable):
            while self._connected and self._publisher.unsettled and time.monotonic() < deadline:
                self._take(self._publisher.settle(0.1))
        self._lose_broker()
        with suppress(LedgerUnavailable):
            self._record(now=float("inf"))
        self._waker.close()

    def _connect(self) -> None:
        server = self._publisher.connect()
        self._connected = True
        self._declared.clear()
        if server != self._server:
            log.info(
                "broker", product=server.product, version=server.version, queue_type=str(server.queue_type)
            )
            self._server = server

    def _lose_broker(self) -> None:
        """Give back what has no confirm: some of it may have arrived, and START drops the second copy."""
        self._connected = False
        for ref in self._publisher.close():
            self._returned[ref.queue].append((ref.id, ref.run))
        self._measures.abandoned()
        with suppress(LedgerUnavailable):  # kept for the next round
            self._give_back()

    def _round(self) -> None:
        now = time.monotonic()
        self._give_back()
        if now >= self._due_at:
            self._ledger.outbox.move_due()  # rings the bell if anything was due
            self._due_at = now + _DUE_SECONDS
        if now >= self._windows_at:
            self._size_windows()
            self._windows_at = now + _WINDOWS_SECONDS
        if now >= self._look_at:
            self._look(now)
        self._take(self._publisher.settle(0))
        self._heed_alarm()
        self._record(time.monotonic())
        self._wait()

    def _size_windows(self) -> None:
        self._windows = {
            queue: WINDOW_PER_CONSUMER * facts.get("consumers", 0)
            for queue, facts in self._ledger.upkeep.broker().items()
        }

    def _look(self, now: float) -> None:
        """Claim and publish a batch of each queue, and decide when to look again."""
        self._look_at, self._looked_at, self._gap = now + _LOOK_SECONDS, now, _GAP_SECONDS
        if self._blocked is not None:
            self._gap = _LOOK_SECONDS
            return
        waiting = moved = 0
        for queue, ready in self._ledger.outbox.backlog().items():
            room = MOST_UNSETTLED - self._publisher.unsettled
            if room <= 0 or not self._may_publish(queue, now):
                waiting += ready
                continue
            published = self._move(queue, min(BATCH, room))
            moved += published
            waiting += max(0, ready - published)
        if moved:
            self._full_pause = _FULL_SECONDS[0]
        if waiting and moved:
            self._look_at = now
        elif waiting:
            self._look_at, self._gap = now + self._full_pause, _FULL_SECONDS[0]
            self._full_pause = min(self._full_pause * 2, _FULL_SECONDS[1])

    def _may_publish(self, queue: str, now: float) -> bool:
        if self._resting.get(queue, 0.0) > now:
            return False
        if queue not in self._declared:
            try:
                self._publisher.declare(queue)
            except QueueRefused as refusal:
                log.warning("queue refused", queue=queue, reason=refusal.detail)
                self._resting[queue] = now + 10 * _REST_SECONDS
                return False
            self._declared.add(queue)
        self._resting.pop(queue, None)
        return True

    def _move(self, queue: str, limit: int) -> int:
        window = max(self._least_window, self._windows.get(queue, 0))
        claimed = self._ledger.outbox.claim(queue, limit, window)
        copies = iter(claimed)
        try:
            for copy in copies:
                self._publisher.publish(queue, message_of(copy))
        except BrokerUnavailable:
            # The publisher answers for what it was given, this one included; the rest is ours.
            self._returned[queue].extend((copy.id, copy.run) for copy in copies)
            raise
        self._measures.published(queue, len(claimed))
        return len(claimed)

    def _take(self, settled: Settled) -> None:
        if settled.confirmed and not self._confirmed:
            self._confirm_at = time.monotonic() + _CONFIRM_SECONDS
        for ref in settled.confirmed:
            self._confirmed[ref.queue].append((ref.id, ref.run))
        for ref in settled.refused:
            self._returned[ref.queue].append((ref.id, ref.run))
        self._measures.settled(len(settled.confirmed), len(settled.refused))
        for queue in {ref.queue for ref in settled.refused}:
            log.warning("the broker refused copies; they are given back", queue=queue)
            self._declared.discard(queue)  # it may have been deleted
            self._resting[queue] = time.monotonic() + _REST_SECONDS

    def _record(self, now: float) -> None:
        """Tell the ledger of confirms, a few hundred at a time: nothing waits for QUEUED to be written."""
        if now >= self._confirm_at or sum(map(len, self._confirmed.values())) >= _CONFIRM_COUNT:
            _empty(self._confirmed, self._ledger.outbox.confirm)

    def _give_back(self) -> None:
        _empty(self._returned, self._ledger.outbox.give_back)

    def _heed_alarm(self) -> None:
        blocked = self._publisher.blocked
        if blocked != self._blocked:
            if blocked:
                log.warning("the broker takes no messages for now", reason=blocked)
            else:
                log.info("the broker takes messages again")
            self._blocked = blocked

    def _wait(self) -> None:
        now = time.monotonic()
        until = min(self._look_at, self._due_at)
        if self._confirmed:
            until = min(until, self._confirm_at)
        if until <= now:
            return
        if self._waker.wait(self._publisher.fileno(), until - now):
            self._look_at = min(self._look_at, self._looked_at + self._gap)


def _empty(copies: Copies, tell: Callable[[str, list[tuple[str, str]]], object]) -> None:
    """Tell the ledger queue by queue; what it has not heard stays for the next time."""
    for queue in list(copies):
        tell(queue, copies[queue])
        del copies[queue]
