"""What keeps the ledger true without being asked: the reconciler's and retention's side."""

import json
from collections.abc import Mapping
from typing import Any

from longshore.settings import Settings
from longshore_ledger.cells import Cells, queues_of, read_pairs
from longshore_ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore_ledger.records import Reaped, entropy
from longshore_ledger.retirement import Retirement
from longshore_ledger.times import now_us
from longshore_ledger.views import described_worker


class Maintenance:
    """Reaps, republishes, retires."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings

    def reap(self) -> Reaped:
        """Free tasks that nobody runs. It also shows the ledger that time goes on: call it every second."""
        settings = self._settings
        seconds = (settings.heartbeat_timeout_seconds, settings.restart_grace_seconds)
        released, crashes, graced = self._connection.run(
            "reap", *(int(s * 1e6) for s in seconds), settings.max_crashes, entropy(), MOST_ITEMS
        )
        return Reaped(released, crashes, graced == 1)

    def walk_batches(self, limit: int = MOST_ITEMS) -> int:
        """Go on making ready, or revoking, chunks of batches; give up uploads that stopped.

        Returns how many chunks were visited; ask again while there are some.
        """
        return int(self._connection.run("batch_walk", limit))

    def recheck_damaged(self) -> int:
        """Go on with tasks whose damaged record has been repaired; returns how many have not been."""
        return int(self._connection.run("recheck"))

    def damaged(self) -> dict[str, str]:
        """Why tasks are held up by damage to their records, by id (`batch ID` for a batch); 1,000 at most."""
        notes = self._connection.guard(lambda: self._connection.redis.hgetall(f"{PREFIX}:damaged"))
        return {id.decode(errors="replace"): why.decode(errors="replace") for id, why in notes.items()}

    def outstanding(self, older_than: float = 0.0) -> dict[str, int]:
        """Copies by queue that were claimed and that no worker has taken up; the younger ones left out."""
        redis = self._connection.redis
        latest = now_us(self._connection) - int(older_than * 1e6) if older_than else "+inf"

        def read() -> dict[str, int]:
            queues = queues_of(read_pairs(redis))
            pipeline = redis.pipeline(transaction=False)
            for queue in queues:
                pipeline.zcount(f"{PREFIX}:out:{queue}", "-inf", latest)
            return dict(zip(queues, pipeline.execute(), strict=True))

        return self._connection.guard(read)

    def held(self) -> dict[str, int]:
        """Copies by queue that live workers say they hold and have not started."""
        redis = self._connection.redis

        def read() -> tuple[list[tuple[bytes, float]], dict[bytes, bytes]]:
            beats: list[Any] = redis.zrange(f"{PREFIX}:workers", 0, -1, withscores=True)
            return beats, redis.hgetall(f"{PREFIX}:worker")

        beats, infos = self._connection.guard(read)
        now, held = now_us(self._connection), dict[str, int]()
        for worker, beat in beats:
            if now - beat <= self._settings.heartbeat_timeout_seconds * 1e6:
                for queue, copies in described_worker(infos.get(worker)).get("held", {}).items():
                    held[queue] = held.get(queue, 0) + copies
        return held

    def republish(self, queue: str, older_than: float) -> int:
        """The broker lost copies of `queue`: make ready what is outstanding for over `older_than` seconds."""
        total = 0
        while looked_at := int(self._connection.run("republish", queue, int(older_than * 1e6), MOST_ITEMS)):
            total += looked_at
            if looked_at < MOST_ITEMS or total >= self._settings.window:
                break
        return total

    def record_broker(self, facts: Mapping[str, Mapping[str, Any]], away: str | None = None) -> None:
        """Note what the broker said of each queue, and why it is away if it is; shown with its age."""
        now = now_us(self._connection)
        notes = {queue: json.dumps({**known, "at": now}) for queue, known in facts.items()}
        notes[""] = json.dumps({"away": away, "at": now})
        self._connection.run("note", "broker", *(field for note in notes.items() for field in note))

    def record_refusal(self, queue: str, reason: str | None) -> None:
        """Note why the broker refuses to have a queue, None once it has it. Said again while it does."""
        if reason is None:
            self._connection.guard(lambda: self._connection.redis.hdel(f"{PREFIX}:refused", queue))
        else:
            note = json.dumps({"reason": reason, "at": now_us(self._connection)})
            self._connection.run("note", "refused", queue, note)

    def broker(self) -> dict[str, Any]:
        """The last `record_broker`, by queue; `""` is the broker itself."""
        notes = self._connection.guard(lambda: self._connection.redis.hgetall(f"{PREFIX}:broker"))
        return {queue.decode(): json.loads(note) for queue, note in notes.items()}

    def retire(self) -> int:
        """Forget what ended longer ago than retention allows, then the oldest beyond its count.

        Returns how many tasks and chunks of batches were forgotten. Only finished ones ever are, and a batch
        as a whole.
        """
        retention = Retirement(self._connection)
        now, seconds = now_us(self._connection), self._settings.retention_seconds
        forgotten = retention.finish() + retention.by_age(now - int(seconds * 1e6))
        return forgotten + retention.by_number(now, seconds, self._settings.retention_count)

    def retire_queues(self) -> list[str]:
        """Forget queues without a task that no worker serves, no known task names and nobody holds.

        Returns their names. Their counters go with them; what is left at the broker is `abandoned_queues`.
        """
        found = Cells(self._connection)
        cells = found.of()
        used = {cell.queue for cell, size in zip(cells, found.sizes(cells), strict=True) if size}
        empty = sorted({cell.queue for cell in cells} - used)
        retired: list[str] = []
        for at in range(0, len(empty), MOST_ITEMS):
            answer = self._connection.run("retire_queue", *empty[at : at + MOST_ITEMS])
            retired += [queue.decode() for queue in answer]
        return retired

    def abandoned_queues(self) -> list[str]:
        """Queues that the broker was seen to have and that the ledger has forgotten since."""

        def read() -> list[str]:
            redis = self._connection.redis
            # The notes first: a queue that comes back in between is not taken for an abandoned one.
            noted = {queue.decode() for queue in redis.hkeys(f"{PREFIX}:broker")}
            return sorted(noted.difference(queues_of(read_pairs(redis)), {""}))

        return self._connection.guard(read)

    def forget_broker_of(self, queue: str) -> None:
        """The broker does not have `queue` any more."""
        self._connection.guard(lambda: self._connection.redis.hdel(f"{PREFIX}:broker", queue))
