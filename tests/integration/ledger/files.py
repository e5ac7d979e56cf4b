"""Files for batches, as the API would bring them in."""

from collections.abc import Sequence

import msgspec

from longshore_ledger import Ledger
from longshore_ledger.batches import ChunkArgs
from longshore_ledger.records import Admission, Chunk, Claimed, NewBatch, payload_digest
from tests.integration.ledger.actors import Worker

QUEUE = "q"


def open_file(ledger: Ledger, id: str, **more: object) -> Admission:
    """Begin a batch of the task `add`."""
    return ledger.batches.open(NewBatch(id, "add", QUEUE, payload_digest(b"file"), **more))  # type: ignore[arg-type]


def chunks_of(lines: Sequence[str], size: int, first: int = 1) -> list[Chunk]:
    """Lines cut into chunks."""
    return [Chunk(first + i, list(lines[i : i + size])) for i in range(0, len(lines), size)]


def run_file(ledger: Ledger, id: str, lines: Sequence[str], size: int = 500, **more: object) -> None:
    """Bring in a whole file, in chunks of `size` lines, and let it run."""
    open_file(ledger, id, **more)
    ledger.batches.add(id, 0, chunks_of(lines, size))
    ledger.batches.close(id)


def run_lines(worker: Worker, copies: list[Claimed], text: str = "=ok") -> None:
    """Have a worker do chunks as a whole, each line with the same outcome."""
    for copy in copies:
        worker.start(copy)
        lines = msgspec.json.decode(copy.args, type=ChunkArgs).lines
        worker.finish_lines(copy.id, *[text.encode()] * len(lines))


def output(ledger: Ledger, id: str) -> list[str]:
    """The lines of a batch's output: number, kind, text."""
    return [f"{line.number} {line.kind} {line.text}".rstrip() for line in ledger.batches.output(id)]
