"""A task's record, as the scripts keep it, made into what people see. Fields: `lua/include/record.lua`."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from longshore.api_types import Failure, Progress
from longshore.states import WAITING, State
from longshore.values import decode, refuse_repeated
from longshore_ledger.shapes import Task
from longshore_ledger.times import after, rfc3339, shown

UNREADABLE: Final = (ValueError, TypeError, KeyError, OverflowError, RecursionError, msgspec.MsgspecError)
"""What reading a record raises that was damaged, or written by something else."""

_LONGEST: Final = 200

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
    "by",
)


def task_of(id: str, values: Sequence[bytes | None] | None, truncated: Sequence[str] = ()) -> Task | None:
    """The task of that id, from its `FIELDS`; None where there is none.

    `values` is None where the key is of another type; `truncated` are the names of what was not read because
    of its size. A record that cannot be read is shown as damaged, with what can be read of it: one of them
    must not take a whole page along.
    """
    if values is None:
        return _damaged(id, dict.fromkeys(FIELDS), "its key holds no record")
    raw = dict(zip(FIELDS, values, strict=True))
    if all(value is None for value in values):
        return None
    try:
        return _task(id, raw, list(truncated))
    except UNREADABLE as error:
        missing = isinstance(error, KeyError)
        why = f"field {error.args[0]} is missing" if missing else f"{type(error).__name__}: {error}"
        return _damaged(id, raw, why[:_LONGEST])


def _task(id: str, raw: Mapping[str, bytes | None], truncated: list[str]) -> Task:
    def text(field: str) -> str | None:
        value = raw[field]
        return None if value is None else value.decode()

    def whole(field: str) -> int:
        return int(raw[field] or 0)

    def json(field: str) -> msgspec.Raw | None:
        value = raw[field]
        if value is None:
            return None
        # A record goes out as it is, so it is looked at as strictly as what comes in.
        decode(value)
        refuse_repeated(value)
        return msgspec.Raw(value)

    for needed in ("st", "n", "q", "c", "p"):
        if raw[needed] is None:
            raise KeyError(needed)
    stamp = whole("c")
    state = State(text("st") or "")
    error, progress = raw["e"], text("pg")
    return Task(
        id=id,
        task=text("n") or "",
        queue=text("q") or "",
        priority=whole("p"),
        state=state,
        args=json("a") or msgspec.Raw(b"null" if "args" in truncated else b"[]"),
        result=json("v"),
        error=msgspec.json.decode(error, type=Failure) if error else None,
        attempt=whole("at") + 1,
        deliveries=whole("dl"),
        crashes=whole("dd"),
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
        submitted_by=text("by"),
        truncated=truncated,
    )


def state_of(text: str | None) -> State:
    """The state in a record; of a damaged one, that it failed."""
    return State(text) if text in list(State) else State.FAILURE


def _damaged(id: str, raw: Mapping[str, bytes | None], why: str) -> Task:
    def text(field: str) -> str | None:
        value = raw[field]
        return None if value is None else value.decode(errors="replace")

    state, stamp = text("st"), text("c") or ""
    return Task(
        id=id,
        task=text("n") or "",
        queue=text("q") or "",
        priority=0,
        state=state_of(state),
        args=msgspec.Raw(b"null"),
        result=None,
        error=None,
        attempt=1,
        deliveries=0,
        crashes=0,
        worker=None,
        batch=text("b"),
        progress=None,
        cancel_requested=text("x"),
        released=None,
        submitted_at=shown(int(stamp) if stamp.isdecimal() else 0),
        queued_at=None,
        started_at=None,
        finished_at=None,
        due_at=None,
        submitted_by=text("by"),
        damaged=why,
    )
