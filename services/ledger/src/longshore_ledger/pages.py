"""Pages of tasks: by index ranges where the cells know the answer, by a bounded scan where they do not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final

from longshore_ledger.cells import LAST, Cell, Cells, Row, Walk
from longshore_ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore_ledger.id_text import IdText
from longshore_ledger.replies import apart_from_damage
from longshore_ledger.shapes import Page, Task

MOST_SCANNED: Final = 10_000
"""Rows that are looked at for one page at the most."""
_AT_A_TIME: Final = 2_000
"""Rows read in one round trip while scanning, of all cells together."""
_FEWEST: Final = 50
"""Rows of each cell that are worth a round trip."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What tasks of a page have in common. `since` and, itself left out, `until` are us since 1970."""

    state: str | None = None
    task: str | None = None
    queue: str | None = None
    batch: str | None = None
    id: IdText | None = None
    since: int = 0
    until: int = LAST
    chunks: bool = True
    """Chunks of batches, too."""

    @property
    def is_whole_batch(self) -> bool:
        """Whether nothing but the batch is asked for."""
        return self == Wanted(batch=self.batch)

    def has(self, id: str, fields: Sequence[bytes | None]) -> bool:
        """Whether task `id` is wanted, by its `_FIELDS`."""
        state, task, queue, batch, stamp = (None if value is None else value.decode() for value in fields)
        return (
            stamp is not None
            and self.since <= int(stamp) < self.until
            and self.state in (None, state)
            and self.task in (None, task)
            and self.queue in (None, queue)
            and self.batch in (None, batch)
            and (self.chunks or batch is None)
            and (self.id is None or self.id.is_in(id))
        )


_FIELDS: Final = ("st", "n", "q", "b", "c")


class Pages:
    """Pages through tasks, the newest first. `read` reads tasks by id."""

    def __init__(self, connection: Connection, read: Callable[[Sequence[str]], list[Task | None]]) -> None:
        self._connection = connection
        self._cells = Cells(connection)
        self._read = read

    def page(self, wanted: Wanted, cursor: str | None, limit: int) -> Page:
        """One page; `cursor` is the `next` of the page before."""
        if wanted.id and cursor is None and (whole := self._whole(wanted.id)):
            ids, following, scanned = [id for id, fields in whole if wanted.has(id, fields)], None, 0
        elif wanted.batch is not None:
            ids, following, scanned = self._of_batch(wanted, cursor, limit)
        elif wanted.id is not None:
            ids, following, scanned = self._search(wanted, wanted.id, cursor, limit)
        else:
            rows, following = self.rows(wanted, cursor, limit)
            ids, scanned = [id for _, id in rows], 0
        return Page([task for task in self._read(ids) if task], following, scanned)

    def rows(self, wanted: Wanted, cursor: str | None, limit: int) -> tuple[list[Row], str | None]:
        """One page of stamps and ids, by what the cells know, and the next cursor."""
        high = min(wanted.until, int(cursor.partition("-")[0])) if cursor else wanted.until
        walk = Walk(self._connection, self._of(wanted), wanted.since, high)
        rows = list(islice(walk.rows(limit), limit))
        return rows, str(walk.at) if len(rows) == limit else None

    def _search(
        self, wanted: Wanted, text: IdText, cursor: str | None, limit: int
    ) -> tuple[list[str], str | None, int]:
        """Ids that contain a text, from the newest on; of what may be a UUIDv7, from the time in it on.

        A task is recorded soon after its id was made. So the scan begins at that time and goes upward from
        there, and, for clocks that do not agree, one row in five downward: what was recorded with its id is
        on the first page however many others there are. The cursor is the span that has been seen.
        """
        cells = self._of(wanted)
        low, _, high = (cursor or "").partition("-")
        begin = min(text.made_at or LAST, LAST) if cursor is None else int(low)
        up = Walk(
            self._connection,
            cells,
            max(wanted.since, int(high or LAST) if cursor else begin),
            wanted.until,
            upward=True,
        )
        down = Walk(self._connection, cells, wanted.since, min(wanted.until, begin))
        share = max(_FEWEST, _AT_A_TIME // max(1, sum(size > 0 for size in self._cells.sizes(cells))))
        found: list[Row] = []
        scanned = 0
        for walk in cycle((up, up, up, up, down)):
            if (up.ended and down.ended) or scanned == MOST_SCANNED or len(found) == limit:
                break
            for row in walk.rows(share):
                scanned += 1
                if text.is_in(row[1]):
                    found.append(row)
                if scanned == MOST_SCANNED or len(found) == limit:
                    break
        following = None if up.ended and down.ended else f"{down.at}-{up.at}"
        return [id for _, id in sorted(found, reverse=True)], following, scanned

    def _of_batch(self, wanted: Wanted, cursor: str | None, limit: int) -> tuple[list[str], str | None, int]:
        """Chunks of a batch, the last one first. With other filters beside it, all of them are looked at."""
        batch = wanted.batch
        chunks = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:b:{batch}", "chunks"))
        last = min(int(chunks or 0), int(cursor.partition("-")[0]) if cursor else LAST)
        if wanted.is_whole_batch:
            left = max(0, last - limit)
            return [f"{batch}.{n}" for n in range(last - 1, left - 1, -1)], str(left) if left else None, 0
        found: list[str] = []
        at = last
        while at > 0 and last - at < MOST_SCANNED and len(found) < limit:
            ids = [f"{batch}.{n}" for n in range(at - 1, max(0, at - MOST_ITEMS) - 1, -1)]
            for id, fields in zip(ids, self._fields(ids), strict=True):
                at -= 1
                if wanted.has(id, fields):
                    found.append(id)
                if len(found) == limit:
                    break
        return found, str(at) if at else None, last - at

    def _of(self, wanted: Wanted) -> list[Cell]:
        return self._cells.of(wanted.state, wanted.task, wanted.queue, chunks=wanted.chunks)

    def _whole(self, text: IdText) -> list[tuple[str, Sequence[bytes | None]]]:
        ids = text.whole()
        return [(id, fields) for id, fields in zip(ids, self._fields(ids), strict=True) if any(fields)]

    def _fields(self, ids: Sequence[str]) -> list[Sequence[bytes | None]]:
        def read() -> list[Any]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hmget(f"{PREFIX}:t:{id}", _FIELDS)
            answers = apart_from_damage(pipeline.execute(raise_on_error=False))
            return [answer or [None] * len(_FIELDS) for answer in answers]

        return self._connection.guard(read)
