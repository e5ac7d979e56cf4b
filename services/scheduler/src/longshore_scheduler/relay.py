"""The relay: takes ready work out of the ledger and puts a window of it into the broker.

A claim is a lease. Whatever happens to this process, a claimed task is confirmed, given back, or its lease
lapses and another relay takes it; what is published twice is dropped when a worker starts it.
"""

import time
from contextlib import suppress
from typing import Final

import structlog

from longshore.errors import BrokerUnavailable, LedgerUnavailable, QueueRefused
from longshore_broker import Publisher, Ref, Server, Settled, message_of
from longshore_ledger import Ledger
from longshore_scheduler.confirms import Confirms
from longshore_scheduler.measures import RelayMeasures
from longshore_scheduler.poll_timer import PollTimer
from longshore_scheduler.waker import Waker

BATCH: Final = 500
"""Tasks claimed by one script."""
MOST_UNSETTLED: Final = 4000
"""Copies that may wait for their confirms at once: RabbitMQ takes 50-300 ms for one while a consumer is
attached, so that a relay which waits for each batch moves a tenth of what one with several under way does."""
WINDOW_PER_CONSUMER: Final = 250
"""A worker process holds up to 128 copies of short tasks and wants as many waiting behind them."""

_DUE_SECONDS: Final = 0.05
_WINDOWS_SECONDS: Final = 1.0
_REST_SECONDS: Final = 1.0
"""How long a queue rests after the broker refused a copy; ten times that after it refused the queue."""
_GOODBYE_SECONDS: Final = 3.0

log = structlog.get_logger()


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
        self._windows: dict[str, int] = {}
        self._windows_at = self._due_at = 0.0
        self._timer = PollTimer()
        self._confirms = Confirms(ledger)
        self._server: Server | None = None
        self._connected = False
        self._declared: set[str] = set()
        self._resting: dict[str, float] = {}
        self._blocked: str | None = None

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
            while self._publisher.unsettled and time.monotonic() < deadline:
                self._take(self._publisher.settle(0.1))
        self._lose_broker()
        with suppress(LedgerUnavailable):
            self._confirms.tell(float("inf"))
        self._waker.close()

    def _connect(self) -> None:
        server = self._publisher.connect()
        self._connected = True
        self._measures.connected()
        self._declared.clear()
        if server != self._server:
            log.info("broker", product=server.product, version=server.version, queues=str(server.queue_type))
            self._server = server

    def _lose_broker(self) -> None:
        """Give back what has no confirm: some of it may have arrived, and START drops the second copy."""
        self._connected = False
        self._confirms.returned(self._publisher.close())
        self._measures.abandoned()
        with suppress(LedgerUnavailable):  # kept for the next round
            self._confirms.tell(time.monotonic())

    def _round(self) -> None:
        now = time.monotonic()
        self._confirms.tell(now)
        if now >= self._due_at:
            self._ledger.outbox.move_due()  # rings the bell if anything was due
            self._due_at = now + _DUE_SECONDS
        if now >= self._windows_at:
            self._size_windows()
            self._windows_at = now + _WINDOWS_SECONDS
        if now >= self._timer.next:
            self._look(now)
        self._take(self._publisher.settle(0))
        self._heed_alarm()
        self._wait()

    def _size_windows(self) -> None:
        self._windows = {
            queue: max(self._least_window, WINDOW_PER_CONSUMER * facts.get("consumers", 0))
            for queue, facts in self._ledger.maintenance.broker().items()
        }

    def _look(self, now: float) -> None:
        """Claim and publish at most a batch of each queue, so that none waits for another's million."""
        if self._blocked is not None:
            self._timer.hold_off(now)
            return
        moved = waiting = 0
        for queue, ready in self._ledger.outbox.backlog().items():
            room = min(BATCH, MOST_UNSETTLED - self._publisher.unsettled)
            published = self._move(queue, room) if room > 0 and self._may_publish(queue, now) else 0
            moved += published
            waiting += max(0, ready - published)
        self._timer.polled(now, moved=moved, waiting=waiting)

    def _may_publish(self, queue: str, now: float) -> bool:
        if self._resting.get(queue, 0.0) > now:
            return False
        if queue not in self._declared:
            # Before the answer: if the question itself costs the connection, the next one serves the others.
            self._resting[queue] = now + 10 * _REST_SECONDS
            try:
                self._publisher.declare(queue)
            except QueueRefused as refusal:
                log.warning("queue refused", queue=queue, reason=refusal.detail)
                self._ledger.maintenance.record_refusal(queue, refusal.fields["reason"])
                return False
            del self._resting[queue]
            self._declared.add(queue)
            self._ledger.maintenance.record_refusal(queue, None)
        return True

    def _move(self, queue: str, limit: int) -> int:
        claimed = self._ledger.outbox.claim(queue, limit, self._windows.get(queue, self._least_window))
        copies = iter(claimed)
        try:
            for copy in copies:
                self._publisher.publish(queue, message_of(copy))
        except BrokerUnavailable:
            # The publisher answers for what it was given, this one included; the rest is ours.
            self._confirms.returned(Ref(queue, copy.id, copy.run) for copy in copies)
            raise
        self._measures.published(queue, len(claimed))
        return len(claimed)

    def _take(self, settled: Settled) -> None:
        now = time.monotonic()
        self._confirms.settled(settled, now)
        self._measures.settled(len(settled.confirmed), len(settled.refused))
        for queue in {ref.queue for ref in settled.refused}:
            log.warning("the broker refused copies; they are given back", queue=queue)
            self._declared.discard(queue)  # it may have been deleted
            self._resting[queue] = now + _REST_SECONDS

    def _heed_alarm(self) -> None:
        blocked = self._publisher.blocked
        if blocked and not self._blocked:
            log.warning("the broker takes no messages for now", reason=blocked)
        elif self._blocked and not blocked:
            log.info("the broker takes messages again")
        self._blocked = blocked
        self._measures.blocked(blocked=bool(blocked))

    def _wait(self) -> None:
        pause = min(self._timer.next, self._confirms.next, self._due_at) - time.monotonic()
        if pause > 0 and self._waker.wait(self._publisher.fileno(), pause):
            self._timer.wake()
