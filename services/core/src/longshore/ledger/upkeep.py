"""What keeps the ledger true without being asked: the reconciler's and retention's side."""

import json
from collections.abc import Mapping
from typing import Any

from longshore.ledger.cells import is_part
from longshore.ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore.ledger.records import Judged, entropy
from longshore.ledger.times import now_us
from longshore.settings import Settings
from longshore.states import TERMINAL


class Upkeep:
    """Judges, republishes, retires."""

    def __init__(self, connection: Connection, settings: Settings) -> None:
        self._connection = connection
        self._settings = settings

    def judge(self) -> Judged:
        """Free tasks that nobody runs. It also shows the ledger that time goes on: call it every second."""
        settings = self._settings
        seconds = (settings.lapse_seconds, settings.grace_seconds)
        released, deaths, graced = self._connection.run(
            "judge", *(int(s * 1e6) for s in seconds), settings.death_cap, entropy(), MOST_ITEMS
        )
        return Judged(released, deaths, graced == 1)

    def walk_batches(self, limit: int = MOST_ITEMS) -> int:
        """Go on making ready, or revoking, chunks of batches; give up uploads that stopped.

        Returns how many chunks were visited; ask again while there are some.
        """
        return int(self._connection.run("batch_walk", limit))

    def outstanding(self, older_than: float = 0.0) -> dict[str, int]:
        """Copies by queue that were claimed and that no worker has taken up; the younger ones left out."""
        redis = self._connection.redis
        latest = now_us(self._connection) - int(older_than * 1e6) if older_than else "+inf"

        def read() -> dict[str, int]:
            queues = sorted({pair.split(b":")[0].decode() for pair in redis.smembers(f"{PREFIX}:pairs")})
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
            if now - beat <= self._settings.lapse_seconds * 1e6:
                for queue, copies in json.loads(infos.get(worker, b"{}")).get("held", {}).items():
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

    def broker(self) -> dict[str, Any]:
        """The last `record_broker`, by queue; `""` is the broker itself."""
        notes = self._connection.guard(lambda: self._connection.redis.hgetall(f"{PREFIX}:broker"))
        return {queue.decode(): json.loads(note) for queue, note in notes.items()}

    def retire(self) -> int:
        """Forget what ended longer ago than retention allows, then the oldest beyond its count.

        Returns how many tasks and parts of batches were forgotten. Only finished ones ever are.
        """
        before = now_us(self._connection) - int(self._settings.retention_seconds * 1e6)
        cells = self._terminal_cells()
        forgotten = sum(self._retire_cell(*cell, before) for cell in cells) + self._retire_batches(before)
        sizes = {cell: self._size(*cell) for cell in cells}
        excess = sum(sizes.values()) - self._settings.retention_count
        now = now_us(self._connection)
        for cell, size in sorted(sizes.items(), key=lambda item: -item[1]):
            if excess <= 0:
                break
            gone = self._retire_cell(*cell, now, most=min(excess, size))
            excess, forgotten = excess - gone, forgotten + gone
        return forgotten

    def _retire_cell(self, state: str, queue: str, task: str, before: int, most: int | None = None) -> int:
        behind, forgotten = "0", 0
        while behind != "-1" and (most is None or forgotten < most):
            limit = MOST_ITEMS if most is None else min(MOST_ITEMS, most - forgotten)
            gone, stamp = self._connection.run("retire", state, queue, task, before, behind, limit)
            behind, forgotten = stamp.decode(), forgotten + gone
        return forgotten

    def _retire_batches(self, before: int) -> int:
        forgotten = offset = 0
        while (answer := int(self._connection.run("retire_batch", before, MOST_ITEMS, offset))) >= 0:
            forgotten += answer
            offset += 1 - answer
        return forgotten

    def _terminal_cells(self) -> list[tuple[str, str, str]]:
        pairs = self._connection.guard(lambda: self._connection.redis.smembers(f"{PREFIX}:pairs"))
        return [
            (str(state), *pair.split(":"))
            for pair in sorted(pair.decode() for pair in pairs)
            if not is_part(pair)
            for state in sorted(TERMINAL)
        ]

    def _size(self, state: str, queue: str, task: str) -> int:
        key = f"{PREFIX}:c:{state}:{queue}:{task}"
        return int(self._connection.guard(lambda: self._connection.redis.zcard(key)))
