"""A task's timeline: the times in its record, and what else happened to it (`lua/include/remember.lua`)."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from longshore.api_types import Failure
from longshore.states import State
from longshore_ledger.shapes import Moment
from longshore_ledger.task_record import UNREADABLE, state_of
from longshore_ledger.times import rfc3339, shown

KEPT: Final = ("c", "st", "qt", "s", "f", "k", "at", "e", "x", "b", "hi")
"""The fields of the record that tell it."""

_LONGEST: Final = 200
"""Characters of an error."""

_decode: Final = msgspec.json.Decoder(list[tuple[int, State, str, int, str, int, int]]).decode
_Told = tuple[int, State, str, int, str]
"""ms since the submission, state, worker, attempt, why."""


def moments_of(values: Sequence[bytes | None] | None) -> list[Moment] | None:
    """The moments of a task from its `KEPT` fields, in order; None where there is none.

    `values` is None for a key of another type.
    """
    if values is None:
        return [_damaged(None, "its key holds no record")]
    raw = {
        name: None if value is None else value.decode(errors="replace")
        for name, value in zip(KEPT, values, strict=True)
    }
    stamp, state = raw["c"], raw["st"]
    if not any(raw.values()):
        return None
    try:
        if stamp is None or state is None:
            raise KeyError("field st or c is missing")
        told = sorted(_told(raw, State(state)), key=lambda moment: moment[0])
        return [
            Moment(rfc3339(int(stamp) + ms * 1000), state, worker or None, attempt, why or None)
            for ms, state, worker, attempt, why in told
        ]
    except UNREADABLE as error:
        return [_damaged(state, error)]


def _damaged(state: str | None, why: object) -> Moment:
    return Moment(shown(0), state_of(state), None, 1, f"the record is damaged: {why}"[:_LONGEST])


def _told(raw: dict[str, str | None], state: State) -> Iterator[_Told]:
    yield 0, State.PENDING, "", 1, ""
    queued = started = -1
    for ms, into, worker, attempt, why, queued_at, started_at in _decode(raw["hi"] or "[]"):
        # A time that the entry before knew as well is not of this run.
        yield from _run(queued_at, queued, started_at, started, worker, attempt)
        queued, started = queued_at, started_at
        yield ms, into, worker, attempt, why
    worker, attempt = (raw["k"] or "").partition(".")[0], int(raw["at"] or 0) + 1
    yield from _run(_ms(raw["qt"]), queued, _ms(raw["s"]), started, worker, attempt)
    if raw["f"] is not None:
        yield int(raw["f"]), state, worker, attempt, _end(raw, state)


def _run(queued: int, known: int, started: int, begun: int, worker: str, attempt: int) -> Iterator[_Told]:
    if queued not in (-1, known):
        yield queued, State.QUEUED, "", attempt, ""
    if started not in (-1, begun):
        yield started, State.STARTED, worker, attempt, ""


def _end(raw: dict[str, str | None], state: State) -> str:
    if state is State.REVOKED:
        by = "its batch" if raw["b"] else raw["x"] or "itself"
        return f"cancelled by {by}"
    if state is State.FAILURE and raw["e"]:
        error = msgspec.json.decode(raw["e"], type=Failure)
        return f"{error.type}: {error.message}"[:_LONGEST]
    return ""


def _ms(value: str | None) -> int:
    return -1 if value is None else int(value)
