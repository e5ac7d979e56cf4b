"""Retention: forgets finished tasks, and batches as a whole, by age and by number."""

from typing import Final

from longshore.states import TERMINAL
from longshore_ledger.cells import LAST, Cell, Cells
from longshore_ledger.connection import MOST_ITEMS, PREFIX, Connection
from longshore_ledger.replies import apart_from_damage

_HALVINGS: Final = 20
"""Steps from the longest time that anything is kept down to now; the last but one is under a second."""


class Retirement:
    """One round of retention. All times are us since 1970, by the ledger's clock."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        cells = Cells(connection).of()
        self._all = [cell for cell in cells if cell.state in TERMINAL]
        self._tasks = [cell for cell in self._all if not cell.is_chunk]
        self._waiting_chunks = [cell for cell in cells if cell.is_chunk and cell.state not in TERMINAL]

    def finish(self) -> int:
        """Go on with batches that nobody sees any more. Returns how many chunks were forgotten."""
        gone = self._connection.guard(lambda: self._connection.redis.smembers(f"{PREFIX}:gone"))
        return sum(self._batch(id, 0) for id in gone)

    def by_age(self, before: int) -> int:
        """Forget what ended before a time. Returns how many tasks and chunks that were."""
        return self._forget(before, 0, before)

    def by_number(self, now: int, seconds: float, most: int) -> int:
        """Forget what ended first, until `most` finished tasks and chunks are left.

        They lie in the order of their submission, and one that waited for long may have ended a moment ago.
        So what ended before half of `seconds` goes first, in that order, then what ended before a quarter of
        it, and so on; an index by the time of the end would cost each task some hundred bytes.
        """
        forgotten = 0
        excess = self._size(self._all) - self._finished_in_unfinished() - most
        for age in (*(seconds / 2**n for n in range(1, _HALVINGS + 1)), 0):
            before, behind, wanted = now - int(age * 1e6), 0, excess
            while excess > 0 and behind < before:
                upto = self._stamp_of(behind, wanted, before)
                gone = self._forget(before, behind, upto)
                excess, forgotten, behind = excess - gone, forgotten + gone, upto
                wanted = max(excess, 2 * wanted)  # Past many that stay, in few steps.
        return forgotten

    def _forget(self, before: int, behind: int, upto: int) -> int:
        """Forget what ended before a time and was submitted later than `behind`, up to `upto`."""
        tasks = sum(self._cell(cell, before, behind, upto) for cell in self._tasks)
        return tasks + sum(self._batch(id, before) for id in self._batches(behind, upto))

    def _cell(self, cell: Cell, before: int, behind: int, upto: int) -> int:
        at, forgotten = str(behind), 0
        while at != "-1":
            gone, stamp = self._connection.run(
                "retire", cell.state, cell.queue, cell.task, before, at, upto, MOST_ITEMS
            )
            at, forgotten = stamp.decode(), forgotten + gone
        return forgotten

    def _batch(self, id: bytes, before: int) -> int:
        forgotten, go_on = 0, 1
        while go_on:
            gone, go_on = self._connection.run("retire_batch", id, before, MOST_ITEMS)
            forgotten += gone
        return forgotten

    def _batches(self, behind: int, upto: int) -> list[bytes]:
        found: list[bytes] = self._connection.guard(
            lambda: self._connection.redis.zrangebyscore(f"{PREFIX}:batches", f"({behind}", upto)
        )
        return found

    def _size(self, cells: list[Cell]) -> int:
        return sum(Cells(self._connection).sizes(cells))

    def _finished_in_unfinished(self) -> int:
        """Finished chunks of batches that go on: nothing of those is forgotten."""

        def read() -> int:
            redis = self._connection.redis
            pipeline = redis.pipeline(transaction=False)
            for id in redis.smembers(f"{PREFIX}:live"):
                pipeline.hget(f"{PREFIX}:b:{id.decode()}", "chunks")
            answers = apart_from_damage(pipeline.execute(raise_on_error=False))
            return sum(int(chunks) for chunks in answers if chunks and chunks.isdigit())

        return max(0, self._connection.guard(read) - self._size(self._waiting_chunks))

    def _stamp_of(self, behind: int, place: int, last: int) -> int:
        """The stamp up to which `place` tasks and chunks lie behind `behind`; `last` at the most."""
        low, high = behind, min(last, LAST)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._count(behind, middle) >= place else (middle, high)
        return high

    def _count(self, behind: int, upto: int) -> int:
        def read() -> list[int]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for cell in self._all:
                pipeline.zcount(cell.key, f"({behind}", upto)
            return list(pipeline.execute())

        return sum(self._connection.guard(read))
