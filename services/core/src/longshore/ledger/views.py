"""What people see: tasks, pages, counts, queues, workers. O(1) or O(page), whatever the ledger holds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from longshore.ledger.cells import LAST, Cells
from longshore.ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore.ledger.id_text import IdText
from longshore.ledger.pages import Pages, Wanted
from longshore.ledger.shapes import Moment, Page, QueueView, Task, WorkerView
from longshore.ledger.task_record import FIELDS, task_of
from longshore.ledger.timeline import KEPT, moments_of
from longshore.ledger.times import now_us, rfc3339
from longshore.states import State


class Views:
    """Reads."""

    def __init__(self, connection: Connection, lapse: float) -> None:
        self._connection = connection
        self._lapse = lapse * 1e6
        self._cells = Cells(connection)
        self._pages = Pages(connection, self.tasks)

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

    def timeline(self, id: str) -> list[Moment] | None:
        """What happened to a task, in order, or None. Beside its last run, the newest twenty detours."""
        values = self._connection.guard(lambda: self._connection.redis.hmget(f"{PREFIX}:t:{id}", KEPT))
        return moments_of(values)

    def page(
        self,
        *,
        state: str | None = None,
        task: str | None = None,
        queue: str | None = None,
        batch: str | None = None,
        id_text: str | None = None,
        since: int | None = None,
        until: int | None = None,
        parts: bool = True,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page:
        """Tasks by time of submission, the newest first; `cursor` is the `next` of the page before.

        State, task, queue and times (us since 1970; `since` belongs to it, `until` does not) pick ranges of
        cells, and a batch counts its chunks; without `parts` other pages leave chunks out. `id_text` is an
        id, or else what ids contain: it scans, as do filters beside a batch, at most 10,000 rows a page.
        Such a page may be empty though `next` is not None, and says in `scanned` how many were looked at.
        """
        wanted = Wanted(
            state=state,
            task=task,
            queue=queue,
            batch=batch,
            id=None if id_text is None else IdText(id_text),
            since=0 if since is None else since,
            until=LAST if until is None else until,
            parts=parts or batch is not None,
        )
        return self._pages.page(wanted, cursor, max(1, min(limit, MOST_ITEMS)))

    def states(self, cursor: str | None = None, limit: int = MOST_ITEMS) -> tuple[dict[str, str], str | None]:
        """Id and state of tasks, the newest first, and the next cursor."""
        rows, following = self._pages.rows(Wanted(), cursor, limit)
        ids = [id for _, id in rows]
        states = zip(ids, self.states_of(ids), strict=True)
        return {id: str(state) for id, state in states if state}, following

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of tasks by queue and state."""
        cells = self._cells.of()
        counts: dict[str, dict[str, int]] = {}
        for (state, queue, _), size in zip(cells, self._cells.sizes(cells), strict=True):
            by_state = counts.setdefault(queue, dict.fromkeys(State, 0))
            by_state[state] += size
        return counts

    def queues(
        self,
        counts: Mapping[str, Mapping[str, int]] | None = None,
        workers: Sequence[WorkerView] | None = None,
    ) -> list[QueueView]:
        """Every queue that ever had a task, that a worker serves, or that is paused.

        `counts` and `workers` are what the methods of those names return, for who has asked for them already.
        """
        counts = self.counts() if counts is None else counts
        workers = self.workers() if workers is None else workers
        served: dict[str, int] = {}
        for worker in workers:
            for queue in worker.info.get("queues", []) if worker.serves else []:
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
            pipeline.hkeys(f"{PREFIX}:drain")
            return list(pipeline.execute())

        beats, infos, asked = self._connection.guard(read)
        now = now_us(self._connection)
        pipeline = self._connection.redis.pipeline(transaction=False)
        for worker, _ in beats:
            pipeline.scard(f"{PREFIX}:run:{worker.decode()}")
        running = self._connection.guard(pipeline.execute)
        described = [json.loads(infos.get(worker, b"{}")) for worker, _ in beats]
        return [
            WorkerView(
                id=worker.decode(),
                alive=now - beat <= self._lapse,
                beat_at=rfc3339(beat),
                running=size,
                info=info,
                draining=worker in asked or bool(info.get("draining")),
            )
            for (worker, beat), size, info in zip(beats, running, described, strict=True)
        ]


def _aged(facts: bytes | None, now: int) -> dict[str, Any] | None:
    if facts is None:
        return None
    known: dict[str, Any] = json.loads(facts)
    known["age"] = round((now - known.pop("at")) / 1e6, 1)
    return known
