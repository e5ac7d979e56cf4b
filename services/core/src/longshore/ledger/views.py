"""What people see: tasks, pages, counts, queues, workers. O(1) or O(page), whatever the ledger holds."""

import json
from collections.abc import Sequence
from heapq import merge
from itertools import islice
from typing import Any

from longshore.ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore.ledger.shapes import Page, QueueView, Task, WorkerView
from longshore.ledger.task_record import FIELDS, task_of
from longshore.ledger.times import now_us, rfc3339
from longshore.states import State


class Views:
    """Reads."""

    def __init__(self, connection: Connection, lapse: float) -> None:
        self._connection = connection
        self._lapse = lapse * 1e6

    def task(self, id: str) -> Task | None:
        """One task, or None."""
        return self.tasks([id])[0]

    def tasks(self, ids: Sequence[str]) -> list[Task | None]:
        """Tasks by id, None for each that is not there."""
        if not ids:
            return []

        def read() -> list[list[bytes | None]]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hmget(f"{PREFIX}:t:{id}", FIELDS)
            return list(pipeline.execute())

        return [task_of(id, values) for id, values in zip(ids, self._connection.guard(read), strict=True)]

    def states_of(self, ids: Sequence[str]) -> list[State | None]:
        """States of tasks by id, None for each that is not there: for those who ask again and again."""

        def read() -> list[bytes | None]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hget(f"{PREFIX}:t:{id}", "st")
            return list(pipeline.execute())

        states = self._connection.guard(read) if ids else []
        return [None if state is None else State(state.decode()) for state in states]

    def page(
        self,
        *,
        state: str | None = None,
        task: str | None = None,
        queue: str | None = None,
        batch: str | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page:
        """Tasks by time of submission, the newest first; `cursor` is the `next` of the page before.

        Each filter picks cells or, for a batch, counts its chunks: none scans.
        """
        limit = max(1, min(limit, MOST_ITEMS))
        if batch is not None:
            found = self._batch_ids(batch, cursor, limit)
        else:
            found = self._cell_ids(self._cells(state, task, queue), cursor, limit)
        items = [
            item
            for item in self.tasks([id for _, id in found])
            if item
            and (batch is None or all((item.state == state or not state, item.task == task or not task)))
        ]
        return Page(items, str(found[-1][0]) if len(found) == limit else None)

    def states(self, cursor: str | None = None, limit: int = MOST_ITEMS) -> tuple[dict[str, str], str | None]:
        """Id and state of tasks, the newest first, and the next cursor."""
        page = self._cell_ids(self._cells(None, None, None), cursor, limit)

        def read() -> list[bytes | None]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for _, id in page:
                pipeline.hget(f"{PREFIX}:t:{id}", "st")
            return list(pipeline.execute())

        states = self._connection.guard(read) if page else []
        named = {id: state.decode() for (_, id), state in zip(page, states, strict=True) if state}
        return named, str(page[-1][0]) if len(page) == limit else None

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of tasks by queue and state."""
        cells = self._cells(None, None, None)

        def read() -> list[int]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for _, _, key in cells:
                pipeline.zcard(key)
            return list(pipeline.execute())

        counts: dict[str, dict[str, int]] = {}
        for (state, queue, _), size in zip(cells, self._connection.guard(read) if cells else [], strict=True):
            by_state = counts.setdefault(queue, dict.fromkeys(State, 0))
            by_state[state] += size
        return counts

    def queues(self) -> list[QueueView]:
        """Every queue that ever had a task, that a worker serves, or that is paused."""
        counts = self.counts()
        workers = self.workers()
        served: dict[str, int] = {}
        for worker in workers:
            for queue in worker.info.get("queues", []) if worker.alive else []:
                served[queue] = served.get(queue, 0) + 1

        def read_notes() -> list[Any]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            pipeline.hgetall(f"{PREFIX}:paused")
            pipeline.hgetall(f"{PREFIX}:broker")
            return list(pipeline.execute())

        paused, broker = self._connection.guard(read_notes)
        names = sorted({*counts, *served, *(name.decode() for name in paused)})

        def read() -> list[Any]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for name in names:
                pipeline.zcard(f"{PREFIX}:out:{name}")
                pipeline.zrange(f"{PREFIX}:ready:{name}", 0, 0)
            return list(pipeline.execute())

        rest = self._connection.guard(read)
        firsts = [first[0].decode() if first else "" for first in rest[1::2]]
        waiting = dict(zip(firsts, self.tasks(firsts), strict=True))
        now = now_us(self._connection)
        views = []
        for name, outstanding, first in zip(names, rest[::2], firsts, strict=True):
            oldest = waiting.get(first)
            views.append(
                QueueView(
                    name=name,
                    paused=json.loads(paused[name.encode()]) if name.encode() in paused else None,
                    counts={str(state): n for state, n in counts.get(name, dict.fromkeys(State, 0)).items()},
                    outstanding=outstanding,
                    oldest_at=max(oldest.submitted_at, oldest.due_at or "") if oldest else None,
                    workers=served.get(name, 0),
                    broker=_aged(broker.get(name.encode()), now),
                )
            )
        return views

    def workers(self) -> list[WorkerView]:
        """Workers that beat within the last ten minutes."""

        def read() -> list[Any]:
            pipeline = self._connection.redis.pipeline(transaction=True)
            pipeline.zrange(f"{PREFIX}:workers", 0, -1, withscores=True)
            pipeline.hgetall(f"{PREFIX}:worker")
            return list(pipeline.execute())

        beats, infos = self._connection.guard(read)
        now = now_us(self._connection)
        pipeline = self._connection.redis.pipeline(transaction=False)
        for worker, _ in beats:
            pipeline.scard(f"{PREFIX}:run:{worker.decode()}")
        running = self._connection.guard(pipeline.execute)
        return [
            WorkerView(
                id=worker.decode(),
                alive=now - beat <= self._lapse,
                beat_at=rfc3339(beat),
                running=size,
                info=json.loads(infos.get(worker, b"{}")),
            )
            for (worker, beat), size in zip(beats, running, strict=True)
        ]

    def _cells(self, state: str | None, task: str | None, queue: str | None) -> list[tuple[str, str, str]]:
        pairs = self._connection.guard(lambda: self._connection.redis.smembers(f"{PREFIX}:pairs"))
        return [
            (str(one), of_queue, f"{PREFIX}:c:{one}:{pair}")
            for pair in sorted(pair.decode() for pair in pairs)
            for of_queue, of_task in (pair.split(":")[:2],)
            if queue in (None, of_queue) and task in (None, of_task)
            for one in (State if state is None else (State(state),))
        ]

    def _cell_ids(
        self, cells: list[tuple[str, str, str]], cursor: str | None, limit: int
    ) -> list[tuple[int, str]]:
        def read() -> list[list[tuple[bytes, float]]]:
            pipeline = self._connection.redis.pipeline(transaction=True)
            for _, _, key in cells:
                pipeline.zrevrangebyscore(
                    key, f"({cursor}" if cursor else "+inf", "-inf", start=0, num=limit, withscores=True
                )
            return list(pipeline.execute())

        found = self._connection.guard(read) if cells else []
        rows = merge(*found, key=lambda row: -row[1])
        return [(int(stamp), id.decode()) for id, stamp in islice(rows, limit)]

    def _batch_ids(self, batch: str, cursor: str | None, limit: int) -> list[tuple[int, str]]:
        chunks = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:b:{batch}", "chunks"))
        last = int(cursor) if cursor else int(chunks or 0)
        return [(n, f"{batch}.{n}") for n in range(last - 1, max(-1, last - 1 - limit), -1)]


def _aged(facts: bytes | None, now: int) -> dict[str, Any] | None:
    if facts is None:
        return None
    known: dict[str, Any] = json.loads(facts)
    known["age"] = round((now - known.pop("at")) / 1e6, 1)
    return known
