"""Everything that is in a ledger, read at one stroke."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Any

from longshore_ledger.connection import PREFIX

Scores = dict[str, float]


@dataclass(frozen=True)
class Snapshot:
    """The ledger's keys, by what they are."""

    tasks: dict[str, dict[str, str]]
    batches: dict[str, dict[str, str]]
    lines: dict[str, list[str]]
    cells: dict[str, Scores]
    ready: dict[str, Scores]
    lease: dict[str, Scores]
    out: dict[str, Scores]
    run: dict[str, set[str]]
    cancel: dict[str, set[str]]
    doubts: dict[str, set[str]]
    due: Scores
    doubt: Scores
    workers: Scores
    walks: set[str]
    uploads: Scores
    live: set[str]
    unfinished: dict[str, str]
    damaged: dict[str, str]
    odd: set[str]
    """Ids whose key holds something else than a record."""

    def without(self, ids: Iterable[str]) -> "Snapshot":
        """The same without these tasks, and without the batches that they are chunks of."""
        given = set(ids)
        batches = {id.removeprefix("batch ") for id in given} | {id.rpartition(".")[0] for id in given}
        chunks = {id for id, task in self.tasks.items() if task.get("b") in batches}
        left_out = given | batches | chunks

        def kept(value: Any) -> Any:
            if not isinstance(value, dict):
                return {id for id in value if id.partition("|")[0] not in left_out}
            return {
                id: kept(each) if isinstance(each, dict | set) else each
                for id, each in value.items()
                if id.partition("|")[0] not in left_out
            }

        stripped = {field.name: kept(getattr(self, field.name)) for field in fields(self)}
        return replace(self, **stripped | {"tasks": _without(self.tasks, left_out)})

    @classmethod
    def of(cls, server: Any) -> "Snapshot":
        """Read all of it."""
        names = sorted(name.decode() for name in server.keys(f"{PREFIX}:*"))
        kinds = server.pipeline(transaction=False)
        for name in names:
            kinds.type(name)
        values = server.pipeline(transaction=False)
        read, odd = [], set()
        for name, kind in zip(names, kinds.execute(), strict=True):
            if name.startswith(f"{PREFIX}:t:") and kind != b"hash":
                odd.add(name.removeprefix(f"{PREFIX}:t:"))
            match kind.decode():
                case "hash":
                    values.hgetall(name)
                case "zset":
                    values.zrange(name, 0, -1, withscores=True)
                case "set":
                    values.smembers(name)
                case "list":
                    values.lrange(name, 0, -1)
                case _:
                    continue
            read.append((name.removeprefix(f"{PREFIX}:"), kind.decode()))
        every = {
            name: _plain(kind, value) for (name, kind), value in zip(read, values.execute(), strict=True)
        }

        def group(prefix: str) -> dict[str, object]:
            return {
                name.removeprefix(prefix): value for name, value in every.items() if name.startswith(prefix)
            }

        return cls(
            tasks={id: task for id, task in group("t:").items() if isinstance(task, dict)},
            batches={id: batch for id, batch in group("b:").items() if isinstance(batch, dict)},
            lines=group("o:"),  # type: ignore[arg-type]
            cells=group("c:"),  # type: ignore[arg-type]
            ready=group("ready:"),  # type: ignore[arg-type]
            lease=group("lease:"),  # type: ignore[arg-type]
            out=group("out:"),  # type: ignore[arg-type]
            run=group("run:"),  # type: ignore[arg-type]
            cancel=group("cancel:"),  # type: ignore[arg-type]
            doubts=group("doubt:"),  # type: ignore[arg-type]
            due=every.get("due", {}),  # type: ignore[arg-type]
            doubt=every.get("doubt", {}),  # type: ignore[arg-type]
            workers=every.get("workers", {}),  # type: ignore[arg-type]
            walks=every.get("walks", set()),  # type: ignore[arg-type]
            uploads=every.get("uploads", {}),  # type: ignore[arg-type]
            live=every.get("live", set()),  # type: ignore[arg-type]
            unfinished=every.get("unfinished", {}),  # type: ignore[arg-type]
            damaged=every.get("damaged", {}),  # type: ignore[arg-type]
            odd=odd,
        )


def _without(tasks: dict[str, dict[str, str]], ids: set[str]) -> dict[str, dict[str, str]]:
    return {id: task for id, task in tasks.items() if id not in ids}


def _plain(kind: str, value: Any) -> object:
    if kind == "zset":
        return {_text(member): float(score) for member, score in value}
    if kind == "hash":
        return {_text(name): _text(field) for name, field in value.items()}
    return (set if kind == "set" else list)(map(_text, value))


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
