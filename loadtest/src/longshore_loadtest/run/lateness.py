"""Whether the generator kept its own schedule: what leaves late measures the generator, not the system."""

from typing import Final

from longshore_loadtest.history.reader import History
from longshore_loadtest.history.record import Invoke

TOO_LATE: Final = 0.1
"""Seconds."""


def lateness(history: History) -> float:
    """By how many seconds 99 of 100 requests at the most left after they were due; 0 without any."""
    late = sorted(
        entry.line.at - entry.line.due
        for entry in history.entries
        if isinstance(entry.line, Invoke) and entry.line.due is not None
    )
    return max(0.0, late[int(len(late) * 0.99)]) if late else 0.0


def said(history: History) -> str:
    """The same in words, with what to do about it."""
    late = lateness(history)
    advice = "" if late <= TOO_LATE else ": more of Locust is needed (--processes, --workers) or fewer users"
    return f"the load kept its schedule within {late * 1000:.0f} ms (99 %){advice}"
