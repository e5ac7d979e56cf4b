"""What the generator is late by is told, and is not the system's."""

from longshore_loadtest.history.reader import Entry, History
from longshore_loadtest.history.record import Header, Invoke, Line
from longshore_loadtest.run.lateness import lateness, said


def _history(*late: float | None) -> History:
    entries: list[Entry[Line]] = []
    for number, by in enumerate(late):
        due = None if by is None else 10.0 - by
        line = Invoke(at=10.0, op=number, process="p", action="read", due=due)
        entries.append(Entry(line.at, line, "history.ndjson", number + 2, 0))
    return History(Header(run="r", started_at="2026-01-01T00:00:00Z"), entries, [])


def test_the_latest_of_a_hundred_is_left_out() -> None:
    assert round(lateness(_history(*[0.01] * 99, 5.0, *[0.01] * 99)), 3) == 0.01


def test_what_was_asked_again_was_never_due() -> None:
    assert lateness(_history(None, None)) == 0


def test_a_generator_that_is_late_is_told_what_to_do() -> None:
    assert "--processes" in said(_history(*[0.5] * 10))
    assert "--processes" not in said(_history(*[0.001] * 10))
