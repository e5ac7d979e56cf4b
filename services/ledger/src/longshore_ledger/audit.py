"""The audit: every record against every index, while the ledger works."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import msgspec

from longshore_ledger.connection import PREFIX, Connection
from longshore_ledger.consistency import (
    BatchFacts,
    TaskFacts,
    flaws_of_batch,
    flaws_of_member,
    flaws_of_task,
)

_AT_ONCE: Final = 100
"""Tasks that one script looks at: about 30 commands each, so a few milliseconds."""
_CHUNKS_AT_ONCE: Final = 10
"""Chunks of a batch that one script looks at, with all of their recorded lines."""
_SETS: Final = ("run", "cancel")
_SORTED_SETS: Final = ("c", "ready", "lease", "out")
_SINGLE: Final = ("due", "doubt")


class Inconsistency(msgspec.Struct, frozen=True):
    """Something in the ledger that contradicts something else."""

    id: str
    """A task's, `batch ID` for a batch, or `key NAME` for a key's number of unfinished tasks."""
    text: str
    """What is, and what should be."""


class Audit:
    """Looks at everything, writes nothing, and holds the server for a few milliseconds at a time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def inconsistencies(self) -> Iterator[Inconsistency]:
        """Everything that does not fit together; what is noted as damaged is left out.

        Each task is looked at with all its places at one stroke, so none is reported for moving meanwhile.
        Sums over several tasks (lines of a batch, unfinished tasks of a key) are compared only where they
        stood still. One inconsistency may be told twice: from the side of the record, and of the index. For
        each unfinished task of a key, about 100 bytes are kept here.
        """
        submitted, before = self._unfinished()
        found: dict[str, set[str]] = {}
        for names in self._scan():
            of = _by_kind(names)
            for facts in self._tasks("", "", of.get("t", ())):
                if "by" in facts.record and facts.unfinished:
                    found.setdefault(facts.record["by"], set()).add(facts.id)
                yield from self._task(facts)
            for id in of.get("b", ()):
                yield from _told(f"batch {id}", self._batch(id))
            for kind in (*_SETS, *_SORTED_SETS):
                for rest in of.get(kind, ()):
                    yield from self._members(f"{kind}:{rest}")
        for index in _SINGLE:
            yield from self._members(index)
        if self._unfinished() == (submitted, before):  # nothing was submitted, and nothing ended
            yield from _of_keys(before, found)

    def _task(self, facts: TaskFacts) -> Iterator[Inconsistency]:
        # One that was forgotten since it was listed lies nowhere.
        if not facts.damaged and (facts.record or self._is_there(facts.id)):
            yield from _told(facts.id, flaws_of_task(facts))

    def _members(self, index: str) -> Iterator[Inconsistency]:
        in_set = index.partition(":")[0] in _SETS
        redis, command = self._connection.redis, "SISMEMBER" if in_set else "ZSCORE"
        scan = redis.sscan if in_set else redis.zscan
        for page in self._pages(lambda at: scan(f"{PREFIX}:{index}", at, count=_AT_ONCE)):
            members = [_text(member if in_set else member[0]) for member in page]
            for facts in self._tasks(command, f"{PREFIX}:{index}", members):
                if facts.indexed and not facts.damaged:
                    yield from _told(facts.id, flaws_of_member(index, facts))

    def _batch(self, id: str) -> Iterator[str]:
        pages, first, chunks = [], 0, 1
        while first < chunks:
            answer = self._connection.run("audit_batch", id, first, _CHUNKS_AT_ONCE)
            pages.append(msgspec.json.decode(_text(answer), type=BatchFacts))
            from_file = pages[0].record.get("from_file", "")
            first, chunks = first + _CHUNKS_AT_ONCE, int(from_file) if from_file.isdecimal() else 0
        last, kinds = pages[-1], Counter[str]()
        for page in pages:
            kinds.update(page.kinds)
        stood_still = all(page.record == last.record and not page.damaged for page in pages)
        if stood_still and (last.record or self._is_there(id, "b")):
            whole = msgspec.structs.replace(last, kinds=dict(kinds), lines=sum(page.lines for page in pages))
            yield from flaws_of_batch(whole)

    def _tasks(self, command: str, index: str, members: Iterable[str]) -> Iterator[TaskFacts]:
        every = list(dict.fromkeys(members))
        for at in range(0, len(every), _AT_ONCE):
            for answer in self._connection.run("audit_tasks", command, index, *every[at : at + _AT_ONCE]):
                yield msgspec.json.decode(_text(answer), type=TaskFacts)

    def _unfinished(self) -> tuple[bytes | None, dict[str, str]]:
        """The stamp of the last submission, and how many unfinished tasks each key has."""
        redis = self._connection.redis
        stamp, numbers = self._connection.guard(
            lambda: (redis.get(f"{PREFIX}:stamp"), redis.hgetall(f"{PREFIX}:unfinished"))
        )
        return stamp, {_text(key): _text(number) for key, number in numbers.items()}

    def _is_there(self, id: str, kind: str = "t") -> bool:
        return bool(self._connection.guard(lambda: self._connection.redis.exists(f"{PREFIX}:{kind}:{id}")))

    def _scan(self) -> Iterator[list[Any]]:
        redis = self._connection.redis
        return self._pages(lambda at: redis.scan(at, match=f"{PREFIX}:*", count=_AT_ONCE))

    def _pages(self, read: Callable[[int], tuple[int, Any]]) -> Iterator[list[Any]]:
        at, first = 0, True
        while at or first:
            at, page = self._connection.guard(lambda at=at: read(at))  # type: ignore[misc]
            first = False
            yield list(page)


def _of_keys(kept: dict[str, str], found: dict[str, set[str]]) -> Iterator[Inconsistency]:
    for key in sorted({*kept, *found}):
        number, true = kept.get(key, "0"), str(len(found.get(key, ())))
        if number != true:
            yield Inconsistency(f"key {key}", f"has {number} unfinished tasks, should have {true}")


def _told(id: str, texts: Iterable[str]) -> Iterator[Inconsistency]:
    return (Inconsistency(id, text) for text in texts)


def _by_kind(names: Iterable[bytes]) -> dict[str, list[str]]:
    """What follows the kind in the names of keys, by kind."""
    found: dict[str, list[str]] = {}
    for name in names:
        kind, _, rest = _text(name).removeprefix(f"{PREFIX}:").partition(":")
        found.setdefault(kind, []).append(rest)
    return found


def _text(value: bytes) -> str:
    return value.decode(errors="replace")
