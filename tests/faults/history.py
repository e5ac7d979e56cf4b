"""A history: everything that was seen of a run from outside, and all that the verdict is made of."""

from enum import StrEnum

import msgspec

from tests.faults.marks import Mark


class Outcome(StrEnum):
    """What a client learned of a submission."""

    ACKNOWLEDGED = "acknowledged"
    """202, or 200 for one that was there already."""
    REFUSED = "refused"
    """503. Part of a bulk may have been accepted all the same."""
    UNKNOWN = "unknown"
    """No answer, or half of one."""


class Attempt(msgspec.Struct, frozen=True):
    """One request that carried these tasks."""

    ids: list[str]
    outcome: Outcome
    at: float
    """Seconds on the test's clock."""


class End(msgspec.Struct, frozen=True):
    """The ledger announced that a task came into a terminal state."""

    id: str
    state: str
    at: float


class Record(msgspec.Struct, frozen=True):
    """What the ledger says of a task when all is over."""

    state: str
    result: int | None
    error: str | None
    deliveries: int
    crashes: int


class History(msgspec.Struct, frozen=True):
    """One run. The result that a task is to have is the number at the end of its id."""

    attempts: list[Attempt]
    marks: list[Mark]
    ends: list[End]
    records: dict[str, Record]
    """Every task that the ledger has, submitted by us or not."""
    healed_at: float
    """When everything that was broken had been started again."""
    forgotten_before: float | None = None
    """What had ended by then may be forgotten. None: nothing may."""


def task_id(prefix: str, number: int) -> str:
    """Id of the task that returns `number`."""
    return f"{prefix}-{number}"


def number_of(id: str) -> int:
    """What a task returns when it is done right."""
    return int(id.rpartition("-")[2])
