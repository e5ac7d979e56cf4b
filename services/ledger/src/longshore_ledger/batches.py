"""Batches: files of lines, in chunks."""

import json
from collections.abc import Iterator, Sequence
from itertools import count

import msgspec

from longshore.errors import BatchClosed, OutputChanged
from longshore.states import BatchState
from longshore_ledger.connection import MOST_ITEMS, PREFIX, Argument, Call, Connection, sliced
from longshore_ledger.records import NOBODY, Admission, CancelAnswer, Chunk, NewBatch, Submitter, entropy
from longshore_ledger.replies import apart_from_damage
from longshore_ledger.shapes import Batch, BatchPage, Line
from longshore_ledger.task_record import UNREADABLE
from longshore_ledger.times import rfc3339, shown

_READ = 64
"""Chunks read in one round trip when a batch's output is streamed: some megabytes at the most."""

_READ_LEASE = 120
"""Seconds for which retention leaves a batch alone after some of its output was read."""


_UPLOAD_BROKE_OFF = "the upload broke off"


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

    def open(self, batch: NewBatch, by: Submitter = NOBODY) -> Admission:
        """Begin a batch. Unless `add` or `close` follow in time, the scheduler gives it up.

        One that was given up begins anew. One that another upload of the same payload fills is taken over:
        that upload may be a connection that broke unnoticed, and is told `BatchClosed` if it goes on.
        TOO_MANY is said before a file, never in its middle: its chunks may go beyond what `by` may have.
        """
        self._connection.memory.refuse_if_full()
        head: list[Argument] = [batch.id, batch.digest, self._lease, batch.upload, MOST_ITEMS]
        head += [by.key, by.most]
        fields: list[Argument] = ["n", batch.task, "q", batch.queue, "p", batch.priority]
        fields += ["nm", batch.filename, "fm", batch.format]
        if batch.header is not None:
            fields += ["hd", json.dumps(batch.header)]
        if batch.timeout:
            fields += ["tm", f"{batch.timeout:g}"]
        if by.key:
            fields += ["by", by.key]
        call: Call = ("batch_open", [*head, *fields])
        while (answer := self._connection.run_all([call], durable=True)[0]) < 0:
            pass  # What an earlier batch of this id left is forgotten, five hundred chunks at a time.
        return Admission(answer)

    def add(
        self,
        id: str,
        first_chunk: int,
        chunks: Sequence[Chunk],
        header: list[str] | None = None,
        retries: int = 0,
        upload: str = "",
    ) -> None:
        """Record chunks from number `first_chunk` on; sent again, they are known. Extends the lease.

        `upload` is the token the batch was opened with; without it any upload may add.
        Raises `BatchClosed` when the batch is not open (any more), `LedgerFull`, `LedgerUnavailable`.
        """
        self._connection.memory.refuse_if_full()
        args = [ChunkArgs(chunk.first, chunk.lines, header, retries=retries) for chunk in chunks]
        items = [(msgspec.json.encode(each), len(each.lines)) for each in args]
        for part in list(sliced(items)) or [[]]:  # None: a slow upload keeps its lease.
            head: list[Argument] = [id, entropy(), self._lease, first_chunk, upload]
            calls = [("batch_add", [*head, *(field for item in part for field in item)])]
            if self._connection.run_all(calls, durable=True)[0] == 0:
                raise BatchClosed(id=id)
            first_chunk += len(part)

    def close(self, id: str, *, upload: str = "", digest: bytes = b"") -> None:
        """The upload has ended: its chunks become ready. `digest` is that of the whole file.

        Raises `BatchClosed` when it was revoked before, or another upload took it over.
        """
        calls: list[Call] = [("batch_close", [id, MOST_ITEMS, upload, digest])]
        if self._connection.run_all(calls, durable=True)[0] == 0:
            raise BatchClosed(id=id)

    def abandon(self, id: str, *, upload: str = "") -> bool:
        """The upload broke off: nothing of it runs. False: it was closed, or another upload took it over."""
        return bool(self._connection.run("batch_abandon", id, MOST_ITEMS, upload, durable=True))

    def digest(self, id: str) -> bytes:
        """Of the whole file, as `close` was told; empty where it was not."""
        return self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:b:{id}", "dg")) or b""

    def cancel(self, id: str, by: str = "somebody") -> CancelAnswer:
        """Revoke what has not run; REVOKED, FINISHED or UNKNOWN.

        Of a batch that was done and runs failed lines again, only that is cancelled: those lines keep the
        reasons they had, and the batch is done once more.
        """
        answer = self._connection.run("batch_cancel", id, MOST_ITEMS, by, durable=True)
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

    def line_seconds(self, task: str) -> float | None:
        """Measured seconds a line of `task`, or None while nothing was measured."""
        us = self._connection.guard(lambda: self._connection.redis.hget(f"{PREFIX}:line_times", task))
        return None if us is None else float(us) / 1e6

    def version(self, id: str) -> str | None:
        """Another text for each output that a batch has had when it was done; None while it is not."""
        return _version(self._read_mark(id))

    def output(self, id: str, version: str | None = None) -> Iterator[Line]:
        """Every line of the batch in the file's order, as far as it is done; streamed in flat memory.

        Retention leaves the batch alone meanwhile. Raises OutputChanged where the batch is gone all the same,
        and where `version` is given and no longer holds: what was read before is a part of nothing.
        """
        for _, args, results in self._chunks(id, version):
            for offset in range(len(args.lines)):
                stored = results[offset].decode() if offset < len(results) else "?"
                yield _line(args.first + offset, stored)

    def errors(self, id: str, version: str | None = None) -> Iterator[Line]:
        """The lines that failed, with their reasons. Raises as `output` does."""
        return (line for line in self.output(id, version) if line.kind == "error")

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
                    "batch_correct", id, entropy(), *(field for item in part for field in item), durable=True
                )
            )
            for part in sliced(items)
        )

    def _chunks(self, id: str, version: str | None = None) -> Iterator[tuple[str, ChunkArgs, list[bytes]]]:
        decode = msgspec.json.Decoder(ChunkArgs).decode
        mark = self._read_mark(id)
        if not mark and version is None:
            return
        for first in count(0, _READ):
            names = [f"{id}.{n}" for n in range(first, min(first + _READ, int(mark[3]) if mark else 0))]
            chunks = self._read_chunks(names)
            mark = self._read_mark(id)  # After the chunks: what changed while they were read shows here.
            if not mark or any(args is None for args, _ in chunks) or version not in (None, _version(mark)):
                raise OutputChanged(id=id)
            if not names:
                return
            for name, (args, results) in zip(names, chunks, strict=True):
                yield name, decode(args or b""), results

    def _read_mark(self, id: str) -> list[bytes]:
        """What tells whether a batch's lines stay as they are; empty where there is no such batch."""
        answer: list[bytes] = self._connection.run("batch_read", id, _READ_LEASE * 1_000_000)
        return answer

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
        fields = ("n", "q", "p", "st", "total", "done", "failed", "nm", "c", "f", "x", "gu", "by")

        def read() -> list[list[bytes | None]]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            for id in ids:
                pipeline.hmget(f"{PREFIX}:b:{id}", fields)
            answers = apart_from_damage(pipeline.execute(raise_on_error=False))
            return [answer or [None] * len(fields) for answer in answers]

        return [_batch(id, values) for id, values in zip(ids, self._connection.guard(read), strict=True)]


def _batch(id: str, values: list[bytes | None]) -> Batch | None:
    if None in values[:2] or values[3] is None:  # task, queue, state
        return None
    try:
        return _read_batch(id, values)
    except UNREADABLE as error:
        task, queue, *_ = [(value or b"").decode(errors="replace") for value in values]
        why = f"{type(error).__name__}: {error}"[:200]
        return Batch(id, task, queue, 0, BatchState.REVOKED, 0, 0, 0, "", shown(0), None, None, why)


def _read_batch(id: str, values: list[bytes | None]) -> Batch:
    task, queue, priority, state, total, done, failed, filename, *others = values
    created, finished, cancelled, given_up, by = others
    return Batch(
        id=id,
        task=(task or b"").decode(),
        queue=(queue or b"").decode(),
        priority=int(priority or 0),
        state=BatchState((state or b"").decode()),
        total=int(total or 0),
        done=int(done or 0),
        failed=int(failed or 0),
        filename=(filename or b"").decode(),
        created_at=rfc3339(int(created or 0)),
        finished_at=rfc3339(int(finished)) if finished else None,
        revoked=_why_revoked(cancelled, given_up),
        submitted_by=by.decode() if by else None,
    )


def _why_revoked(cancelled: bytes | None, given_up: bytes | None) -> str | None:
    if given_up:
        return _UPLOAD_BROKE_OFF
    return f"cancelled by {cancelled.decode()}" if cancelled else None


def _version(mark: list[bytes]) -> str | None:
    if not mark or mark[0] != BatchState.DONE.encode():
        return None
    _, ended, chunks, _ = mark
    return f"{ended.decode()}-{chunks.decode()}"


def _line(number: int, stored: str) -> Line:
    if not stored:
        return Line(number, "blank", "")
    if stored[0] == "=":
        return Line(number, "value", stored[1:])
    if stored[0] == "!":
        return Line(number, "error", stored[1:])
    return Line(number, "missing", "not run")
