"""What a check finds."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from msgspec import Struct

_LINES: Final = 12
"""Lines of the history that a problem names; more tell a reader no more."""


class Problem(Struct, frozen=True):
    """A promise that was broken for one task, batch or watcher."""

    id: str
    says: str
    lines: list[str]
    """Where in the history to look: `history.ndjson:17`."""


class Finding(Struct, frozen=True):
    """What became of one promise."""

    name: str
    promise: str
    looked_at: int
    """On how many it rests. 0: the history does not tell, and nothing is said."""
    problems: list[Problem]


def problem(id: str, says: str, lines: Iterable[str]) -> Problem:
    """A problem, with as many of the lines as help."""
    return Problem(id, says, list(islice(lines, _LINES)))
