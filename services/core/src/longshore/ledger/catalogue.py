"""The catalogue: what can be submitted. Workers publish it; it outlives them."""

import time

import msgspec

from longshore.catalogue import TaskSpec
from longshore.ledger.connection import PREFIX, Connection
from longshore.ledger.times import now_us, rfc3339


class PublishedCatalogue:
    """Task specifications by name. The newest one wins."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read_at = float("-inf")
        self._specs: dict[str, TaskSpec] = {}

    def publish(self, specs: list[TaskSpec]) -> None:
        """Write specifications, over older ones of the same name. One that has not changed keeps its time."""
        known, now = self._fetch(), rfc3339(now_us(self._connection))
        notes: dict[str | bytes, bytes | float | int | str] = {}
        for spec in specs:
            old = known.get(spec.name)
            if old is None or old != msgspec.structs.replace(spec, updated_at=old.updated_at):
                notes[spec.name] = msgspec.json.encode(msgspec.structs.replace(spec, updated_at=now))
        if notes:
            self._connection.guard(lambda: self._connection.redis.hset(f"{PREFIX}:catalogue", mapping=notes))
            self._read_at = float("-inf")

    def read(self) -> dict[str, TaskSpec]:
        """Everything published, at most a second old. One that has not changed stays the same object."""
        if time.monotonic() - self._read_at > 1.0:
            fresh = self._fetch().items()
            self._specs = {n: self._specs[n] if self._specs.get(n) == spec else spec for n, spec in fresh}
            self._read_at = time.monotonic()
        return self._specs

    def _fetch(self) -> dict[str, TaskSpec]:
        notes = self._connection.guard(lambda: self._connection.redis.hgetall(f"{PREFIX}:catalogue"))
        return {name.decode(): msgspec.json.decode(note, type=TaskSpec) for name, note in notes.items()}
