"""The catalogue: what can be submitted. Workers publish it; it outlives them.

Beside each definition the ledger keeps the digests of those that were published under its name, in the order
in which they became the newest. So an older worker that publishes again during an upgrade is known by what
it says, and changes nothing.
"""

import time
from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import msgspec

from longshore.catalogue import Specs, TaskSpec, read_spec, write_spec
from longshore.errors import UnreadableSpec
from longshore_ledger.connection import PREFIX, Connection
from longshore_ledger.times import rfc3339


class Publication(IntEnum):
    """What became of a definition that was published."""

    TAKEN = 1
    NEWEST = 0
    """It was the newest of its name already."""
    OLDER = -1
    """A newer one is in the catalogue, and stays there."""


class PublishedCatalogue:
    """Task specifications by name. The newest one wins."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read_at = float("-inf")
        self._read: dict[str, tuple[tuple[bytes, bytes | None], TaskSpec | str, bool]] = {}
        self._specs = Specs({}, {})

    def publish(self, specs: Iterable[TaskSpec], *, newest: bool = False) -> dict[str, Publication]:
        """Write definitions, all of them or none, and say what became of each.

        One that a newer one had superseded before changes nothing; `newest` makes these the newest whatever
        was published before: a release is rolled back. Raises UnreadableSpec, and then nothing is written.
        """
        texts = {spec.name: write_spec(spec) for spec in specs}
        if not texts:
            return {}
        arguments = [field for name, text in texts.items() for field in (name, text)]
        answers = self._connection.run("publish", int(newest), *arguments)
        self._read_at = float("-inf")
        return {name: Publication(answer) for name, answer in zip(texts, answers, strict=True)}

    def read(self, *, fresh: bool = False) -> Specs:
        """Everything published, at most a second old, or as it is now where it must be `fresh`.

        One that has not changed stays the same object.
        """
        if fresh or time.monotonic() - self._read_at > 1.0:
            self._refresh()
        return self._specs

    def version(self) -> int:
        """A number that changes whenever the catalogue does."""
        key = f"{PREFIX}:catalogue:version"
        return int(self._connection.guard(lambda: self._connection.redis.get(key)) or 0)

    def _refresh(self) -> None:
        texts, notes = self._fetch()
        read = {}
        for field, text in texts.items():
            name, written = field.decode("utf-8", "replace"), (text, notes.get(field))
            known = self._read.get(name)
            read[name] = known if known and known[0] == written else (written, *_read(name, *written))
        if read != self._read:
            self._specs = Specs(
                {name: spec for name, (_, spec, _) in read.items() if isinstance(spec, TaskSpec)},
                {name: wrong for name, (_, wrong, _) in read.items() if isinstance(wrong, str)},
                {name for name, (_, _, replaced) in read.items() if replaced},
            )
        self._read = read
        self._read_at = time.monotonic()

    def _fetch(self) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
        def read() -> list[Any]:
            pipeline = self._connection.redis.pipeline(transaction=False)
            pipeline.hgetall(f"{PREFIX}:catalogue")
            pipeline.hgetall(f"{PREFIX}:definitions")
            return list(pipeline.execute())

        texts, notes = self._connection.guard(read)
        return texts, notes


class _Note(msgspec.Struct):
    at: str
    seen: list[str]


def _read(name: str, text: bytes, note: bytes | None) -> tuple[TaskSpec | str, bool]:
    """The specification, or what is wrong with it; and whether it took the place of another."""
    try:
        spec = read_spec(name, text)
    except UnreadableSpec as error:
        return str(error.fields["reason"]), False
    try:
        found = msgspec.json.decode(note or b"", type=_Note)
        at = rfc3339(int(found.at))
    except (msgspec.MsgspecError, ValueError, OverflowError):
        return spec, False  # written by an earlier Longshore, in its own way
    return msgspec.structs.replace(spec, updated_at=at), len(found.seen) > 1
