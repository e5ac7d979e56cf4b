"""Lines into chunks of about a second of work each."""

from collections.abc import Callable, Iterator
from typing import Final

from longshore_ledger.records import Chunk

MOST_LINES: Final = 500
MOST_BYTES: Final = 262_144
_WORK: Final = 1.0
"""Seconds of work in a chunk. Workers run a chunk a second at a time whatever its size; smaller ones spread
better, larger ones cost the ledger less."""


def chunk_lines(so_far: int, line_seconds: float | None) -> int:
    """How many lines the next chunk should have, after `so_far` lines, at `line_seconds` of work each.

    While nothing was measured: few for a small file, so that all workers get some of it, and more and more
    for a large one, so that a million lines do not make 200,000 chunks.
    """
    if line_seconds is None:
        return min(max(so_far // 200, 5), MOST_LINES)
    return MOST_LINES if line_seconds <= 0 else min(max(int(_WORK / line_seconds), 1), MOST_LINES)


def chunks(lines: Iterator[str], first: int, line_seconds: Callable[[], float | None]) -> Iterator[Chunk]:
    """Cut `lines`, of which the first has the number `first`. `line_seconds` is asked before each chunk."""
    number = first
    taken: list[str] = []
    size, wanted = 0, chunk_lines(0, line_seconds())
    for line in lines:
        weight = len(line.encode())
        if taken and (len(taken) >= wanted or size + weight > MOST_BYTES):
            yield Chunk(number, taken)
            number += len(taken)
            taken, size, wanted = [], 0, chunk_lines(number - first, line_seconds())
        taken.append(line)
        size += weight
    if taken:
        yield Chunk(number, taken)
