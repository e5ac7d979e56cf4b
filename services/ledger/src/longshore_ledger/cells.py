"""Cells: where tasks lie by state, queue and name, in the order of their submission. See decision 1."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from typing import Any, Final, NamedTuple

from longshore.states import State
from longshore_ledger.connection import PREFIX, Argument, Connection

LAST: Final = 1 << 53
"""Later than any stamp, and still exact as a score."""

Row = tuple[int, str]
"""A stamp, which is the time of submission in us and unique, and a task's id."""


class Cell(NamedTuple):
    """One sorted set of ids."""

    state: str
    queue: str
    key: str
    task: str
    is_chunk: bool
    """It holds chunks of batches."""


class Pair(NamedTuple):
    """A queue and a task that was ever in it."""

    name: str
    """`queue:task`; of chunks of batches `queue:task:chunk`."""
    queue: str
    task: str
    is_chunk: bool


def read_pairs(redis: Any) -> list[Pair]:
    """Every pair, sorted by name; what is none is left out."""
    names = sorted(name.decode(errors="replace") for name in redis.smembers(f"{PREFIX}:pairs"))
    split = [(name, name.split(":")) for name in names]
    return [
        Pair(name, queue=parts[0], task=parts[1], is_chunk=len(parts) == 3)
        for name, parts in split
        if len(parts) in (2, 3)
    ]


def queues_of(pairs: Iterable[Pair]) -> list[str]:
    """The queues of pairs, sorted."""
    return sorted({pair.queue for pair in pairs})


class Cells:
    """Finds cells, and says how many tasks each holds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(
        self,
        state: str | None = None,
        task: str | None = None,
        queue: str | None = None,
        *,
        chunks: bool = True,
    ) -> list[Cell]:
        """The cells that match; None matches all. Chunks of batches, `chunks`, have cells of their own."""
        pairs = self._connection.guard(lambda: read_pairs(self._connection.redis))
        return [
            Cell(str(one), pair.queue, f"{PREFIX}:c:{one}:{pair.name}", pair.task, pair.is_chunk)
            for pair in pairs
            if queue in (None, pair.queue) and task in (None, pair.task) and (chunks or not pair.is_chunk)
            for one in (State if state is None else (State(state),))
        ]

    def sizes(self, cells: Sequence[Cell]) -> list[int]:
        """The number of tasks in each."""

        def read() -> list[int]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for cell in cells:
                pipeline.zcard(cell.key)
            return list(pipeline.execute())

        return self._connection.guard(read) if cells else []


class Walk:
    """Goes through the rows of cells, all of them together in the order of their stamps.

    Downward, from the newest, or upward: over the stamps from `low` up to, and without, `high`.
    """

    def __init__(
        self, connection: Connection, cells: Sequence[Cell], low: int, high: int, *, upward: bool = False
    ) -> None:
        self.at = low if upward else high
        """Where it goes on: what lies behind it, in its direction, has not been seen."""
        self.ended = not cells or low >= high
        self._connection = connection
        self._cells = cells
        self._low = low
        self._high = high
        self._upward = upward

    def rows(self, count: int) -> Iterator[Row]:
        """The next rows, `count` of them or more, unless it ends before. One round trip.

        `at` moves on with each row that is taken, so that whoever stops goes on behind it.
        """
        if self.ended:
            return
        found = self._read(count)
        sign = 1 if self._upward else -1
        # Behind the last row of a cell that may have more, others' rows are not known to be the next ones.
        edge = min((sign * rows[-1][0] for rows in found if len(rows) == count), default=LAST)
        for row in merge(*found, key=lambda row: sign * row[0]):
            if sign * row[0] > edge:
                return
            self.at = row[0] + 1 if self._upward else row[0]
            yield row
        self.ended = edge == LAST

    def _read(self, count: int) -> list[list[Row]]:
        """At one stroke: a task that moves meanwhile is neither missed nor seen twice."""
        if self._upward:
            how: list[Argument] = ["ZRANGEBYSCORE", self.at, f"({self._high}"]
        else:
            how = ["ZREVRANGEBYSCORE", f"({self.at}", self._low]
        found = self._connection.run("rows", *how, count, *(cell.key for cell in self._cells))
        return [
            [(int(float(stamp)), id.decode()) for id, stamp in zip(row[::2], row[1::2], strict=True)]
            for row in found
        ]
