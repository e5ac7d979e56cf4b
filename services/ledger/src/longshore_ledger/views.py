"""What people see: tasks, pages, counts, queues, workers. O(1) or O(page), whatever the ledger holds."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from longshore.api_types import Pause
from longshore.states import State
from longshore_ledger.cells import LAST, Cells, queues_of, read_pairs
from longshore_ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore_ledger.id_text import IdText
from longshore_ledger.pages import Pages, Wanted
from longshore_ledger.replies import apart_from_damage
from longshore_ledger.shapes import Moment, Page, Queue, Task, WorkerView
from longshore_ledger.task_record import FIELDS, UNREADABLE, state_of, task_of
from longshore_ledger.timeline import KEPT, moments_of
from longshore_ledger.times import now_us, shown

LISTED: Final = 4_096
"""Bytes of a task's arguments, result or error that a list shows."""

_LARGE: Final = {"a": "args", "v": "result", "e": "error"}
_SMALL: Final = tuple(field for field in FIELDS if field not in _LARGE)


class Views:
    """Reads."""

    def __init__(self, connection: Connection, timeout: float) -> None:
        self._connection = connection
        self._timeout = timeout * 1e6
        self._cells = Cells(connection)
        self._pages = Pages(connection, self.listed)

    def task(self, id: str) -> Task | None:
        """One task, or None."""
        return self.tasks([id])[0]

    def tasks(self, ids: Sequence[str]) -> list[Task | None]:
        """Tasks by id, None for each that is not there."""
        if not ids:
            return []

        def read() -> list[list[bytes | None] | None]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hmget(f"{PREFIX}:t:{id}", FIELDS)
            return apart_from_damage(pipeline.execute(raise_on_error=False))

        return [task_of(id, values) for id, values in zip(ids, self._connection.guard(read), strict=True)]

    def listed(self, ids: Sequence[str]) -> list[Task | None]:
        """`tasks`, but arguments, results and errors only up to `LISTED` bytes: see `Task.truncated`.

        Those of a hundred tasks may be a hundred megabytes, which nobody wants who looks at a list.
        """
        if not ids:
            return []

        def read() -> list[Any]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hmget(f"{PREFIX}:t:{id}", _SMALL)
                for field in _LARGE:
                    pipeline.hstrlen(f"{PREFIX}:t:{id}", field)
            return apart_from_damage(pipeline.execute(raise_on_error=False))

        answers = self._connection.guard(read)
        row = 1 + len(_LARGE)
        small, sizes = answers[::row], [answers[i + 1 : i + row] for i in range(0, len(answers), row)]

        def read_large() -> list[list[bytes | None] | None]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id, lengths in zip(ids, sizes, strict=True):
                wanted = [f if (n or 0) <= LISTED else "" for f, n in zip(_LARGE, lengths, strict=True)]
                pipeline.hmget(f"{PREFIX}:t:{id}", wanted)
            return apart_from_damage(pipeline.execute(raise_on_error=False))

        tasks = []
        for id, few, lengths, more in zip(ids, small, sizes, self._connection.guard(read_large), strict=True):
            if few is None or more is None:
                tasks.append(task_of(id, None))
                continue
            fields = dict(zip(_SMALL, few, strict=True)) | dict(zip(_LARGE, more, strict=True))
            left_out = [name for name, n in zip(_LARGE.values(), lengths, strict=True) if n > LISTED]
            tasks.append(task_of(id, [fields[field] for field in FIELDS], left_out))
        return tasks

    def states_of(self, ids: Sequence[str]) -> list[State | None]:
        """States of tasks by id, None for each that is not there: for those who ask again and again."""

        def read() -> list[bytes | None]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hget(f"{PREFIX}:t:{id}", "st")
            return apart_from_damage(pipeline.execute(raise_on_error=False))

        states = self._connection.guard(read) if ids else []
        return [None if state is None else state_of(state.decode(errors="replace")) for state in states]

    def timeline(self, id: str) -> list[Moment] | None:
        """What happened to a task, in order, or None. Beside its last run, the newest twenty detours."""

        def read() -> list[Any]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            pipeline.hmget(f"{PREFIX}:t:{id}", KEPT)
            return apart_from_damage(pipeline.execute(raise_on_error=False))

        (values,) = self._connection.guard(read)
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
        chunks: bool = True,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page:
        """Tasks by time of submission, the newest first; `cursor` is the `next` of the page before.

        State, task, queue and times (us since 1970; `since` belongs to it, `until` does not) pick ranges of
        cells, and a batch counts its chunks; without `chunks` other pages leave chunks out. `id_text` is an
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
            chunks=chunks or batch is not None,
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
        for cell, size in zip(cells, self._cells.sizes(cells), strict=True):
            by_state = counts.setdefault(cell.queue, dict.fromkeys(State, 0))
            by_state[cell.state] += size
        return counts

    def queue_names(self) -> set[str]:
        """Queues that ever had a task, that a worker serves, or that are paused."""

        def read() -> tuple[list[str], list[bytes]]:
            redis = self._connection.redis
            return queues_of(read_pairs(redis)), redis.hkeys(f"{PREFIX}:paused")

        of_tasks, paused = self._connection.guard(read)
        served = {
            queue for worker in self.workers() if worker.serves for queue in worker.info.get("queues", [])
        }
        return {*of_tasks, *(name.decode() for name in paused)} | served

    def queues(
        self,
        counts: Mapping[str, Mapping[str, int]] | None = None,
        workers: Sequence[WorkerView] | None = None,
    ) -> list[Queue]:
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
                Queue(
                    name=name,
                    paused=name.encode() in paused,
                    pause=_pause(paused.get(name.encode())),
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
        flat_beats, flat_infos, asked = self._connection.run("workers")
        beats = [
            (worker, float(beat)) for worker, beat in zip(flat_beats[::2], flat_beats[1::2], strict=True)
        ]
        infos = dict(zip(flat_infos[::2], flat_infos[1::2], strict=True))
        now = now_us(self._connection)
        pipeline = self._connection.redis.pipeline(transaction=False)
        for worker, _ in beats:
            pipeline.scard(f"{PREFIX}:run:{worker.decode()}")
        running = self._connection.guard(pipeline.execute)
        described = [described_worker(infos.get(worker)) for worker, _ in beats]
        return [
            WorkerView(
                id=worker.decode(),
                alive=now - beat <= self._timeout,
                beat_at=shown(beat),
                running=size,
                info=info,
                draining=worker in asked or bool(info.get("draining")),
            )
            for (worker, beat), size, info in zip(beats, running, described, strict=True)
        ]


def _aged(facts: bytes | None, now: int) -> dict[str, Any] | None:
    if facts is None:
        return None
    try:
        known: dict[str, Any] = json.loads(facts)
        known["age"] = round((now - known.pop("at")) / 1e6, 1)
    except (*UNREADABLE, AttributeError):
        return None
    return known


def _pause(note: bytes | None) -> Pause[str] | None:
    """Who paused a queue and when; of a note that cannot be read, that somebody did."""
    if note is None:
        return None
    try:
        return msgspec.json.decode(note, type=Pause[str])
    except UNREADABLE:
        return Pause("somebody", shown(0))


def described_worker(info: bytes | None) -> dict[str, Any]:
    """What a worker says of itself; nothing where that cannot be read."""
    try:
        said = msgspec.json.decode(info or b"{}", type=dict[str, Any])
        msgspec.convert(said, _Described)
    except UNREADABLE:
        return {}
    return said


class _Described(msgspec.Struct):
    """What others rely on."""

    host: str = ""
    pid: int = 0
    queues: list[str] = []
    concurrency: int = 0
    pool: str = ""
    version: str = ""
    held: dict[str, int] = {}
    running: list[dict[str, Any]] = []
