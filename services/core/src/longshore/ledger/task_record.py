"""A task's record, as the scripts keep it, made into what people see. Fields: `lua/include/record.lua`."""

from collections.abc import Sequence
from typing import Final

import msgspec

from longshore.ledger.shapes import Progress, Task, TaskError
from longshore.ledger.times import after, rfc3339
from longshore.states import WAITING, State

FIELDS: Final = (
    "n",
    "q",
    "p",
    "st",
    "a",
    "v",
    "e",
    "at",
    "dl",
    "dd",
    "k",
    "b",
    "pg",
    "x",
    "w",
    "c",
    "qt",
    "s",
    "f",
    "u",
)


def task_of(id: str, values: Sequence[bytes | None]) -> Task | None:
    """The task of that id, from its `FIELDS`; None where there is none."""
    raw = dict(zip(FIELDS, values, strict=True))
    if raw["st"] is None or raw["c"] is None:
        return None

    def text(field: str) -> str | None:
        value = raw[field]
        return None if value is None else value.decode()

    def whole(field: str) -> int:
        return int(raw[field] or 0)

    stamp = whole("c")
    state = State(text("st") or "")
    error, progress = raw["e"], text("pg")
    return Task(
        id=id,
        task=text("n") or "",
        queue=text("q") or "",
        priority=whole("p"),
        state=state,
        args=msgspec.Raw(raw["a"] or b"[]"),
        result=None if raw["v"] is None else msgspec.Raw(raw["v"]),
        error=msgspec.json.decode(error, type=TaskError) if error else None,
        attempt=whole("at") + 1,
        deliveries=whole("dl"),
        deaths=whole("dd"),
        worker=(text("k") or "").split(".")[0] or None,
        batch=text("b"),
        progress=Progress(*map(int, progress.split("/"))) if progress else None,
        cancel_requested=text("x"),
        released=text("w") if state in WAITING else None,
        submitted_at=rfc3339(stamp),
        queued_at=after(stamp, raw["qt"]),
        started_at=after(stamp, raw["s"]),
        finished_at=after(stamp, raw["f"]),
        due_at=rfc3339(whole("u")) if raw["u"] and state in WAITING else None,
    )
