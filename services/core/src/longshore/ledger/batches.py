"""Batches: files of lines, in chunks."""

import json
from collections.abc import Iterator, Sequence
from itertools import count

import msgspec

from longshore.errors import BatchClosed
from longshore.ledger.connection import MOST_ITEMS, PREFIX, Argument, Connection, sliced
from longshore.ledger.records import Admission, CancelAnswer, Chunk, NewBatch, entropy
from longshore.ledger.shapes import Batch, BatchPage, Line
from longshore.ledger.times import rfc3339
from longshore.states import BatchState

_READ = 64
"""Chunks read in one round trip when a batch's output is streamed: some megabytes at the most."""


class ChunkArgs(msgspec.Struct, omit_defaults=True):
    """The arguments of a chunk, as its worker gets them.

    Lines are numbered from `first` unless `numbers` are given: a chunk of corrections repeats lines from here
    and there.
    """

    first: int
    lines: list[str]
    header: list[str] | None = None
    numbers: list[int] | None = None
    retries: int = 0
    """Of each line, in place."""


class Batches:
    """Opens, fills, watches and ends batches."""

    def __init__(self, connection: Connection, lease: float) -> None:
        self._connection = connection
        self._lease = int(lease * 1e6)

    def open(self, batch: NewBatch) -> Admission:
        """Begin a batch. Unless `add` or `close` follow in time, the scheduler revokes it."""
        self._connection.refuse_if_full()
        fields: list[Argument] = ["n", batch.task, "q", batch.queue, "p", batch.priority]
        fields += ["nm", batch.filename, "fm", batch.format]
        if batch.header is not None:
            fields += ["hd", json.dumps(batch.header)]
        if batch.timeout:
            fields += ["tm", f"{batch.timeout:g}"]
        calls = [("batch_open", [batch.id, batch.digest, self._lease, entropy(), *fields])]
        return Admission(self._connection.run_all(calls, durable=True)[0])

    def add(
        self,
        id: str,
        first_chunk: int,
        chunks: Sequence[Chunk],
        header: list[str] | None = None,
        retries: int = 0,
    ) -> None:
        """Record chunks from number `first_chunk` on; sent again, they are known. Extends the lease.

        Raises `BatchClosed` when the batch is not open (any more), `LedgerFull`, `LedgerUnavailable`.
        """
        self._connection.refuse_if_full()
        args = [ChunkArgs(chunk.first, chunk.lines, header, retries=retries) for chunk in chunks]
        items = [(msgspec.json.encode(each), len(each.lines)) for each in args]
        for part in list(sliced(items)) or [[]]:  # None: a slow upload keeps its lease.
            head: list[Argument] = [id, entropy(), self._lease, first_chunk]
            calls = [("batch_add", [*head, *(field for item in part for field in item)])]
            if self._connection.run_all(calls, durable=True)[0] == 0:
                raise BatchClosed(id=id)
            first_chunk += len(part)

    def close(self, id: str) -> None:
        """The upload has ended: its chunks become ready. Raises `BatchClosed` when it was revoked before."""
        if self._connection.run_all([("batch_close", [id, MOST_ITEMS])], durable=True)[0] == 0:
            raise BatchClosed(id=id)

    def abandon(self, id: str) -> None:
        """The upload broke off: nothing of it runs."""
        self.cancel(id)

    def cancel(self, id: str) -> CancelAnswer:
        """Revoke what has not run; REVOKED, FINISHED or UNKNOWN."""
        answer = self._connection.run("batch_cancel", id, MOST_ITEMS)
        return (CancelAnswer.REVOKED, CancelAnswer.FINISHED, CancelAnswer.UNKNOWN)[answer]

    def get(self, id: str) -> Batch | None:
        """One batch, or None."""
        return self._read([id])[0]

    def page(self, cursor: str | None = None, limit: int = 100) -> BatchPage:
        """Batches, the newest first; `cursor` is the `next` of the page before."""
        limit = min(limit, MOST_ITEMS)
        found = self._connection.guard(
            lambda: self._connection.redis.zrange(
                f"{PREFIX}:batches",
                f"({cursor}" if cursor else "+inf",
                "-inf",
                desc=True,
                byscore=True,
                offset=0,
                num=limit,
                withscores=True,
            )
        )
        items = [batch for batch in self._read([id.decode() for id, _ in found]) if batch]
        return BatchPage(items, f"{found[-1][1]:.0f}" if len(found) == limit else None)

    def pace(self, task: str) -> float | None:
        """Measured seconds a line of `task`, or None while nothing was measured."""
        us = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:pace", task))
        return None if us is None else float(us) / 1e6

    def output(self, id: str) -> Iterator[Line]:
        """Every line of the batch in the file's order, as far as it is done; streamed in flat memory."""
        for _, args, results in self._chunks(id):
            for offset in range(len(args.lines)):
                stored = results[offset].decode() if offset < len(results) else "?"
                yield _line(args.first + offset, stored)

    def errors(self, id: str) -> Iterator[Line]:
        """The lines that failed, with their reasons."""
        return (line for line in self.output(id) if line.kind == "error")

    def retry_failed(self, id: str) -> int:
        """Run the failed lines again; returns how many. Their results take the place of the errors."""
        items: list[tuple[str, bytes, bytes]] = []
        total = 0
        for chunk, args, results in self._chunks(id):
            places = [i for i, stored in enumerate(results) if stored.startswith(b"!")]
            if places:
                lines, numbers = [args.lines[i] for i in places], [args.first + i for i in places]
                again = msgspec.structs.replace(args, lines=lines, numbers=numbers)
                items.append((chunk, msgspec.json.encode(places), msgspec.json.encode(again)))
            if len(items) == _READ:
                total += self._correct(id, items)
                items = []
        return total + self._correct(id, items)

    def _correct(self, id: str, items: list[tuple[str, bytes, bytes]]) -> int:
        return sum(
            int(
                self._connection.run(
                    "batch_correct", id, entropy(), *(field for item in part for field in item)
                )
            )
            for part in sliced(items)
        )

    def _chunks(self, id: str) -> Iterator[tuple[str, ChunkArgs, list[bytes]]]:
        decode = msgspec.json.Decoder(ChunkArgs).decode
        parts = int(
            self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:b:{id}", "parts")) or 0
        )
        for first in count(0, _READ):
            names = [f"{id}.{n}" for n in range(first, min(first + _READ, parts))]
            if not names:
                return
            for name, (args, results) in zip(names, self._read_chunks(names), strict=True):
                if args is not None:
                    yield name, decode(args), results

    def _read_chunks(self, names: list[str]) -> list[tuple[bytes | None, list[bytes]]]:
        def read() -> list[tuple[bytes | None, list[bytes]]]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for name in names:
                pipeline.hget(f"{PREFIX}:t:{name}", "a")
                pipeline.lrange(f"{PREFIX}:o:{name}", 0, -1)
            answers = pipeline.execute()
            return list(zip(answers[::2], answers[1::2], strict=True))

        return self._connection.guard(read)

    def _read(self, ids: list[str]) -> list[Batch | None]:
        fields = ("n", "q", "p", "st", "total", "done", "failed", "nm", "c", "f")

        def read() -> list[list[bytes | None]]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hmget(f"{PREFIX}:b:{id}", fields)
            return list(pipeline.execute())

        return [_batch(id, values) for id, values in zip(ids, self._connection.guard(read), strict=True)]


def _batch(id: str, values: list[bytes | None]) -> Batch | None:
    task, queue, priority, state, total, done, failed, filename, created, finished = values
    if state is None or task is None or queue is None:
        return None
    return Batch(
        id=id,
        task=task.decode(),
        queue=queue.decode(),
        priority=int(priority or 0),
        state=BatchState(state.decode()),
        total=int(total or 0),
        done=int(done or 0),
        failed=int(failed or 0),
        filename=(filename or b"").decode(),
        created_at=rfc3339(int(created or 0)),
        finished_at=rfc3339(int(finished)) if finished else None,
    )


def _line(number: int, stored: str) -> Line:
    if not stored:
        return Line(number, "blank", "")
    if stored[0] == "=":
        return Line(number, "value", stored[1:])
    if stored[0] == "!":
        return Line(number, "error", stored[1:])
    return Line(number, "missing", "not run")
