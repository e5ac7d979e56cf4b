"""The broker watch: writes down what the broker holds, and has published again what it lost.

A loop of its own beside the reconciler, so that dead workers are reaped while the broker is away.
"""

import time
from collections.abc import Callable
from typing import Final

import structlog

from longshore.errors import BrokerUnavailable, QueueRefused
from longshore_broker import NO_QUEUE, Depth, Publisher
from longshore_ledger import Ledger
from longshore_scheduler.losses import ON_THE_WAY, Census, Losses

_PAUSE: Final = 1.0
_ABSENT_SECONDS: Final = 15.0
"""How long a queue that is not there is not asked for: RabbitMQ logs an error each time."""
_SWEEP_SECONDS: Final = 10.0

log = structlog.get_logger()


class Watch:
    """Looks at every queue once a second, over a connection of its own: alarms block those that publish."""

    name = "watch"
    needs = frozenset({"ledger", "broker"})

    def __init__(
        self,
        ledger: Ledger,
        publisher: Publisher,
        blocked: Callable[[], str | None],
        losses: Losses | None = None,
    ) -> None:
        """`blocked` tells why the relay's own connection may not publish."""
        self._ledger = ledger
        self._publisher = publisher
        self._blocked = blocked
        self._losses = losses or Losses()
        self._connected = False
        self._epoch_refused = False
        self._epoch_at = 0.0
        self._absent: dict[str, float] = {}
        self._sweep_at = 0.0

    def step(self) -> float:
        """Look once."""
        try:
            self._look()
        except Exception as error:
            self._losses.reset()
            if isinstance(error, BrokerUnavailable):
                self._disconnect()
                self._ledger.maintenance.record_broker({}, away=error.fields["reason"])
            raise
        return _PAUSE

    def close(self) -> None:
        """Close the connection."""
        self._disconnect()

    def _look(self) -> None:
        if not self._connected:
            self._publisher.connect()
            self._connected = True
        self._look_for_epoch(time.monotonic())
        self._sweep()
        # Outstanding first: what is begun in between makes an excess that is none smaller, not larger.
        outstanding, settled = (
            self._ledger.maintenance.outstanding(),
            self._ledger.maintenance.outstanding(ON_THE_WAY),
        )
        depths = {queue: self._depth(queue, copies) for queue, copies in outstanding.items()}
        held = self._ledger.maintenance.held()
        self._ledger.maintenance.record_broker(
            {queue: {"ready": depth.ready, "consumers": depth.consumers} for queue, depth in depths.items()},
            away=self._blocked(),
        )
        censuses = {
            queue: Census(copies, settled.get(queue, 0), depths[queue].ready + held.get(queue, 0))
            for queue, copies in outstanding.items()
        }
        for queue, age in self._losses.lost(time.monotonic(), censuses).items():
            log.warning(
                "the broker lost copies; they are published again",
                queue=queue,
                outstanding=outstanding[queue],
                copies=self._ledger.maintenance.republish(queue, age),
            )

    def _depth(self, queue: str, outstanding: int) -> Depth:
        if not outstanding and self._absent.get(queue, 0.0) > time.monotonic():
            return NO_QUEUE
        try:
            depth = self._publisher.depth(queue)
        except QueueRefused:  # the relay says so
            depth = NO_QUEUE
        if depth is NO_QUEUE:
            self._absent[queue] = time.monotonic() + _ABSENT_SECONDS
        return depth

    def _look_for_epoch(self, now: float) -> None:
        """See that the marker queue is there. If the broker refuses it, losses are counted only."""
        if now < self._epoch_at:
            return
        try:
            if self._epoch_refused:
                self._publisher.set_epoch()
            elif not self._publisher.has_epoch():
                self._start_epoch()
        except QueueRefused as refusal:
            if not self._epoch_refused:
                log.warning("queue refused", queue=refusal.fields["queue"], reason=refusal.fields["reason"])
            self._epoch_refused, self._epoch_at = True, now + _ABSENT_SECONDS
        else:
            self._epoch_refused = False

    def _start_epoch(self) -> None:
        """The marker queue is gone, or never was: so may be all that was published.

        But not what is on its way: on a new broker the relay may have been faster than we.
        """
        for queue, copies in self._ledger.maintenance.outstanding(ON_THE_WAY).items():
            if copies:
                log.warning(
                    "the broker was wiped; its copies are published again",
                    queue=queue,
                    copies=self._ledger.maintenance.republish(queue, ON_THE_WAY),
                )
        # Last, so that a crash on the way leaves the rest to the next look.
        self._publisher.set_epoch()

    def _sweep(self) -> None:
        if time.monotonic() < self._sweep_at:
            return
        self._sweep_at = time.monotonic() + _SWEEP_SECONDS
        if copies := self._publisher.sweep():
            log.info("forgot what dead workers held of the broker's", copies=copies)
        for queue in self._ledger.maintenance.abandoned_queues():
            if self._publisher.remove(queue):
                self._ledger.maintenance.forget_broker_of(queue)
                log.info("deleted a queue that nobody uses at the broker", queue=queue)

    def _disconnect(self) -> None:
        self._connected = False
        self._publisher.close()
