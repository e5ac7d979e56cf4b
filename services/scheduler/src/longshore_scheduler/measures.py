"""What a relay counts of its own work; the rest of /metrics is read from the ledger."""

import time
from collections import deque

from prometheus_client import CollectorRegistry, Counter, Gauge


class RelayMeasures:
    """Counters and gauges of one relay."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._published = Counter(
            "longshore_relay_published", "Copies sent to the broker.", ["queue"], registry=registry
        )
        self._confirmed = Counter(
            "longshore_relay_confirmed", "Copies the broker has confirmed.", registry=registry
        )
        self._refused = Counter(
            "longshore_relay_refused", "Copies the broker refused or returned.", registry=registry
        )
        Gauge(
            "longshore_relay_unsettled", "Copies the broker still owes an answer for.", registry=registry
        ).set_function(lambda: sum(size for _, size in list(self._batches)))
        Gauge(
            "longshore_relay_lag_seconds",
            "Age of the oldest batch that the broker has not answered for in full.",
            registry=registry,
        ).set_function(self.lag)
        self._broker_up = Gauge(
            "longshore_broker_up",
            "Whether this scheduler's relay is connected to the broker.",
            registry=registry,
        )
        self._broker_blocked = Gauge(
            "longshore_broker_blocked",
            "1 while the broker takes no messages from this scheduler's relay: an alarm.",
            registry=registry,
        )
        self._batches: deque[tuple[float, int]] = deque()

    def published(self, queue: str, copies: int) -> None:
        """A batch was sent."""
        if copies:
            self._published.labels(queue).inc(copies)
            self._batches.append((time.monotonic(), copies))

    def settled(self, confirmed: int, refused: int) -> None:
        """Answers came. They are counted off the oldest batch: brokers answer nearly in order."""
        self._confirmed.inc(confirmed)
        self._refused.inc(refused)
        answers = confirmed + refused
        while answers and self._batches:
            sent_at, copies = self._batches.popleft()
            if copies > answers:
                self._batches.appendleft((sent_at, copies - answers))
            answers -= min(answers, copies)

    def connected(self) -> None:
        """The broker answers."""
        self._broker_up.set(1)

    def blocked(self, *, blocked: bool) -> None:
        """The broker takes messages, or takes none for now."""
        self._broker_blocked.set(blocked)

    def abandoned(self) -> None:
        """The connection is gone: no answers will come."""
        self._broker_up.set(0)
        self._broker_blocked.set(0)
        self._batches.clear()

    def lag(self) -> float:
        """Seconds since the oldest unanswered batch was sent; 0 when all are answered."""
        try:
            return time.monotonic() - self._batches[0][0]
        except IndexError:
            return 0.0
