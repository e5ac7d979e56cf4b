"""Prefetch: how many copies of each queue may be in our hands, by what its tasks usually take.

Short tasks are fetched ahead, so that the children never wait for the broker. Long ones are fetched when
there is a child to run them, since another worker may be idle. A consumer's limit is fixed when it begins to
consume (quorum queues know no other), so it is changed by consuming anew, and giving back what is too much.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any, Final

import structlog

from longshore.errors import QueueRefused
from longshore_worker.dispatch.deliveries import Inbox
from longshore_worker.dispatch.in_flight import InFlight
from longshore_worker.dispatch.isolation import Isolation
from longshore_worker.dispatch.runtime_estimates import BRIEF, JOB_SECONDS, LONG, MOST_IN_JOB
from longshore_worker.dispatch.state import State

EVERY: Final = 0.25
"""Seconds between two looks."""
_PATIENCE: Final = 0.5
"""Seconds for which nothing can be begun before waiting copies are given back."""
_AGAIN: Final = 10.0
"""Seconds between two tries of a queue that the broker refuses."""
_CALM: Final = 2.0
"""Seconds between two changes to less."""

_tags = count(1)
log = structlog.get_logger()


def wanted(usual: float | None) -> int:
    """Copies for each child, a power of two, where a task usually takes `usual` seconds."""
    if usual is None or usual >= LONG:
        return 1
    if usual >= BRIEF:
        return 2
    if usual >= JOB_SECONDS:
        return 4
    in_job = min(MOST_IN_JOB, int(JOB_SECONDS / usual))
    return int(4 * 2 ** (in_job.bit_length() - 1))


class Prefetch:
    """The limits of one connection's consumers."""

    def __init__(
        self,
        consumer: Any,
        inbox: Inbox,
        state: State,
        in_flight: InFlight,
        isolation: Isolation,
        refused: Sequence[Any] = (),
        *,
        native: bool,
    ) -> None:
        self._consumer = consumer
        self._inbox = inbox
        self._state = state
        self._in_flight = in_flight
        self._isolation = isolation
        self._native = native
        self._queues = {queue.name: queue for queue in consumer.queues}
        self._limits = dict.fromkeys(self._queues, in_flight.size)
        self._refused = list(refused)
        self._ask_at = time.monotonic() + _AGAIN
        self._changed_at: dict[str, float] = {}
        self._blocked_since: float | None = None

    def look(self) -> None:
        """Adapt what is not as it should be."""
        now = time.monotonic()
        if self._inbox.closed or self._state.draining:
            return
        if self._refused and now >= self._ask_at:
            self._ask_again(now)
        blocked = self._is_blocked(now)
        held = self._inbox.held() if blocked else {}
        limits = {
            queue: 0 if blocked and (held.get(queue) or not self._limits[queue]) else self._wish(queue, now)
            for queue in self._queues
        }
        if self._native:
            for queue, limit in limits.items():
                if limit != self._limits[queue]:
                    self._consume(queue, limit, now)
        elif (total := sum(limits.values())) != sum(self._limits.values()):
            # Virtual transports count all queues together, and have one worker as a rule: nobody else could
            # run what waits here.
            self._limits = limits
            self._consumer.channel.qos.prefetch_count = max(1, total)

    def stop(self) -> None:
        """Fetch nothing more, and give back what is not begun."""
        if self._inbox.closed:
            return
        self._consumer.cancel()
        self._inbox.give_back(list(self._inbox.pending))

    def _ask_again(self, now: float) -> None:
        """The broker may have changed its mind about a queue, or a scheduler has made it."""
        self._ask_at = now + _AGAIN
        for queue in self._refused.copy():
            bound = queue(self._consumer.channel)
            with suppress(QueueRefused):
                bound.declare()
                log.info("queue served after all", queue=queue.name)
                self._refused.remove(queue)
                self._queues[queue.name], self._limits[queue.name] = bound, 0

    def _is_blocked(self, now: float) -> bool:
        in_flight = self._in_flight
        if in_flight.blocked < in_flight.size and not self._isolation.holds_back(self._inbox.pending):
            self._blocked_since = None
            return False
        if self._blocked_since is None:
            self._blocked_since = now
        return now - self._blocked_since >= _PATIENCE

    def _wish(self, queue: str, now: float) -> int:
        limit = wanted(self._state.queue_estimates.usual(queue)) * self._in_flight.size
        current = self._limits[queue]
        if (
            current
            and current // 2 <= limit < current
            and now - self._changed_at.get(queue, 0.0) < 10 * _CALM
        ):
            return current  # between two sizes: no need to go to and fro
        if current > limit and now - self._changed_at.get(queue, 0.0) < _CALM:
            return current
        return limit

    def _consume(self, queue: str, limit: int, now: float) -> None:
        """Replace the consumer of a queue: the new one first, so that there is no gap."""
        channel, tags = self._consumer.channel, self._consumer._active_tags  # noqa: SLF001  # kombu's only list of them
        old = tags.pop(queue, None)
        if limit:
            channel.basic_qos(0, limit, False)
            tags[queue] = tag = f"longshore-{next(_tags)}"
            self._queues[queue].consume(tag, self._consumer._receive_callback, nowait=False)  # noqa: SLF001
        if old is not None:
            channel.basic_cancel(old)
        self._limits[queue] = limit
        self._changed_at[queue] = now
        waiting = [copy for copy in self._inbox.pending if copy.queue == queue and not copy.suspect]
        self._inbox.give_back(waiting[limit:])
