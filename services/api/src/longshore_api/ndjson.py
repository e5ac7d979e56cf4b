"""Newline-delimited JSON, cut into its lines while it arrives."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator


def numbered_lines(pieces: Iterable[bytes], longest: int) -> Iterator[tuple[int, bytes | None]]:
    """Number and bytes of each line that is not blank, from 1; None stands for a line over `longest` bytes.

    No more than a piece and one line is ever in memory. A byte-order mark is dropped.
    """
    number, tail, skipping = 0, b"", False
    for piece in pieces:
        *whole, tail = (tail + piece).split(b"\n")
        for line in whole:
            number += 1
            if number == 1:
                line = line.removeprefix(BOM_UTF8)  # noqa: PLW2901
            if skipping or len(line) > longest:
                skipping = False
                yield number, None
            elif line and not line.isspace():
                yield number, line
        if len(tail) > longest:
            tail, skipping = b"", True
    if skipping:
        yield number + 1, None
    elif (tail := tail if number else tail.removeprefix(BOM_UTF8)) and not tail.isspace():
        yield number + 1, tail
