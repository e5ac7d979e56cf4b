"""Files of lines that are uploaded, and the output that is to come of them. Both are made from a seed."""

import hashlib
import random
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from longshore_loadtest.marks.answers import LINE, answer

PIECE: Final = 100
_BLANK_EVERY: Final = 97
_BAD_EVERY: Final = 89
"""Some lines are blank, and some cannot be parsed: they must stay so, in their places."""


class Digest(NamedTuple):
    """What is kept of an output."""

    lines: int
    sha256: str
    pieces: list[str]


def lines_of(seed: int, count: int) -> Iterator[str]:
    """The lines of a file, without their ends; each calls `loadtest.line` with its own number first."""
    numbers = random.Random(seed)
    for number in range(1, count + 1):
        other = numbers.randrange(10**6)
        if number % _BLANK_EVERY == 0:
            yield ""
        elif number % _BAD_EVERY == 0:
            yield f"{number} {other} 0"
        else:
            yield f"{number} {other}"


def output_of(seed: int, count: int) -> Iterator[str]:
    """The lines that its output must have."""
    for number, line in enumerate(lines_of(seed, count), 1):
        values = line.split()
        match len(values):
            case 0:
                yield ""
            case 2:
                yield str(answer(LINE, values))
            case _:
                yield f"error: line {number}: expected 2 values, got {len(values)}"


def failed_of(count: int) -> int:
    """How many lines of a file of so many cannot be parsed."""
    return sum(number % _BAD_EVERY == 0 and number % _BLANK_EVERY != 0 for number in range(1, count + 1))


def digest(lines: Iterable[str]) -> Digest:
    """Take down an output, given without line ends: the fields of the history's `Batch`."""
    whole, piece = hashlib.sha256(), hashlib.sha256()
    pieces: list[str] = []
    count = 0
    for line in lines:
        data = line.encode() + b"\n"
        whole.update(data)
        piece.update(data)
        count += 1
        if count % PIECE == 0:
            pieces.append(piece.hexdigest()[:8])
            piece = hashlib.sha256()
    if count % PIECE:
        pieces.append(piece.hexdigest()[:8])
    return Digest(count, whole.hexdigest(), pieces)
