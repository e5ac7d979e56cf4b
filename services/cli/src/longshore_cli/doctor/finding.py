"""What a check found."""

from collections.abc import Callable
from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    """It works, and something should be known about it."""
    FAIL = "fail"
    """It does not work, or may lose work."""


class Finding(Struct, frozen=True):
    """One line of the doctor's: on what, what was found, what to do."""

    level: Level
    subject: str
    text: str
    advice: str = ""


class Treatment(Struct, frozen=True):
    """A finding that `--fix` can do something about; `act` returns what it did, then what to do now."""

    finding: Finding
    act: Callable[[], str]


Result = Finding | Treatment


def ok(subject: str, text: str) -> Finding:
    """All is well with it."""
    return Finding(Level.OK, subject, text)


def warn(subject: str, text: str, advice: str) -> Finding:
    """It works, but."""
    return Finding(Level.WARN, subject, text, advice)


def fail(subject: str, text: str, advice: str) -> Finding:
    """It does not work, or may lose work."""
    return Finding(Level.FAIL, subject, text, advice)
