"""Reads a history back: all its parts, merged by their clocks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar

import msgspec

from longshore_loadtest.history.record import Header, Line, decode

PARTS: Final = "history*.ndjson"
"""What the parts are called in a run's folder."""

MAIN: Final = "main"
"""The part whose header tells seed, command, environment and settings."""


class BadHistory(Exception):
    """A line of the history cannot be read."""


L_co = TypeVar("L_co", bound=Line, covariant=True)


class Entry(NamedTuple, Generic[L_co]):
    """A line, and where it is."""

    at: float
    """Seconds on the whole run's clock; its line's own is that of its part."""
    line: L_co
    part: str
    """Name of the file."""
    number: int
    """From 1."""
    session: int
    """One for each header: operations are counted anew under each."""

    @property
    def where(self) -> str:
        """`history.ndjson:17`."""
        return f"{self.part}:{self.number}"


@dataclass(frozen=True)
class History:
    """Everything that was seen of a run, in the order it happened as far as clocks can tell."""

    header: Header
    """Of the main part, whose clock is the run's; without one, of the part that began first."""
    entries: list[Entry[Line]]
    torn: list[str]
    """Lines whose writer died in the middle of them."""

    @property
    def began(self) -> float:
        """Where `at` is 0, seconds since 1970."""
        return seconds(self.header.started_at)


def read(source: Path) -> History:
    """Read a run's folder, or one file. Raises BadHistory, with the line's place."""
    return merge(sorted(source.glob(PARTS)) if source.is_dir() else [source])


def merge(paths: Iterable[Path]) -> History:
    """Read these parts as one history. Raises BadHistory."""
    entries: list[Entry[Line]] = []
    headers: list[Header] = []
    torn: list[str] = []
    for path in paths:
        for number, line in _lines(path, torn):
            if isinstance(line, Header):
                headers.append(line)
            elif not headers:
                raise BadHistory(f"{path.name}:{number}: a part begins with its header")
            session = len(headers) - 1
            entries.append(Entry(getattr(line, "at", 0.0), line, path.name, number, session))
    if not headers:
        raise BadHistory("there is no history: no file with a header")
    if len(runs := {header.run for header in headers}) > 1:
        raise BadHistory(f"these are parts of different runs: {', '.join(sorted(runs))}")
    first = min(headers, key=lambda header: (header.part != MAIN, seconds(header.started_at)))
    offsets = [seconds(header.started_at) - seconds(first.started_at) for header in headers]
    # Sorted by time alone: of the same time, a part's own order stays.
    shifted = [entry._replace(at=entry.at + offsets[entry.session]) for entry in entries]
    return History(first, sorted(shifted, key=lambda entry: entry.at), torn)


def seconds(moment: str) -> float:
    """RFC 3339 as seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()


def _lines(path: Path, torn: list[str]) -> Iterator[tuple[int, Line]]:
    """Lines with their numbers. One that cannot be read is torn if its writer wrote nothing after it."""
    broken: tuple[int, Exception] | None = None
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            try:
                line = decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                if broken is not None:
                    raise _bad(path, broken) from error
                broken = number, error
                continue
            if broken is not None:
                if not isinstance(line, Header):
                    raise _bad(path, broken) from broken[1]
                torn.append(f"{path.name}:{broken[0]}")
                broken = None
            yield number, line
    if broken is not None:
        torn.append(f"{path.name}:{broken[0]}")


def _bad(path: Path, broken: tuple[int, Exception]) -> BadHistory:
    number, error = broken
    # It is JSON, but tells something else, or less.
    whose = "; another version of longshore-loadtest wrote it" * isinstance(error, msgspec.ValidationError)
    return BadHistory(f"{path.name}:{number}: {error}{whose}")
