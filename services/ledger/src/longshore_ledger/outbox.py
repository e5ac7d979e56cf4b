"""The relay's side: what waits goes out to the broker, a window of it."""

from collections.abc import Iterable

from longshore_ledger.cells import queues_of, read_pairs
from longshore_ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore_ledger.records import Claimed

Sent = tuple[str, str]
"""Id and run of a published copy."""


class Outbox:
    """Leases ready tasks to relays."""

    def __init__(self, connection: Connection, lease: float) -> None:
        self._connection = connection
        self._lease = int(lease * 1e6)

    def wait(self, timeout: float) -> None:
        """Return when something became ready, or after `timeout` seconds. Of many relays one is woken."""
        self._connection.guard(lambda: self._connection.redis.blpop([f"{PREFIX}:wake"], timeout))

    def move_due(self, limit: int = MOST_ITEMS) -> int:
        """Make ready what is due; returns how many were, at most `limit`."""
        return int(self._connection.run("due", limit))

    def backlog(self) -> dict[str, int]:
        """Queues that have ready tasks or leases that may lapse, with the number of ready ones."""

        def read() -> dict[str, int]:
            redis = self._connection.redis
            queues = queues_of(read_pairs(redis))
            pipeline = redis.pipeline(transaction=False)
            for queue in queues:
                pipeline.zcard(f"{PREFIX}:ready:{queue}")
                pipeline.exists(f"{PREFIX}:lease:{queue}")
            sizes = pipeline.execute()
            return {q: sizes[2 * i] for i, q in enumerate(queues) if sizes[2 * i] or sizes[2 * i + 1]}

        return self._connection.guard(read)

    def claim(self, queue: str, limit: int, window: int) -> list[Claimed]:
        """Lease up to `limit` tasks, by priority, then age, as far as `window` outstanding copies allow.

        Takes back lapsed leases of this queue first. A paused queue gives none.
        """
        answer = self._connection.run("claim", queue, min(limit, MOST_ITEMS), window, self._lease, 4_194_304)
        return [
            Claimed(
                id=answer[i].decode(),
                run=answer[i + 1].decode(),
                task=answer[i + 2].decode(),
                args=answer[i + 3],
                priority=int(answer[i + 4]),
                timeout=float(answer[i + 5]) if answer[i + 5] else None,
                chunk=answer[i + 6] == 1,
            )
            for i in range(0, len(answer), 7)
        ]

    def confirm(self, queue: str, sent: Iterable[Sent]) -> int:
        """The broker has these; returns how many became QUEUED (others were begun or cancelled meanwhile)."""
        return self._each("confirm", queue, sent)

    def give_back(self, queue: str, unsent: Iterable[Sent]) -> int:
        """The broker refused, returned or never got these; returns how many are ready again."""
        return self._each("give_back", queue, unsent)

    def _each(self, script: str, queue: str, copies: Iterable[Sent]) -> int:
        copies = list(copies)
        return sum(
            int(self._connection.run(script, queue, *(field for copy in part for field in copy)))
            for part in (copies[i : i + MOST_ITEMS] for i in range(0, len(copies), MOST_ITEMS))
        )
