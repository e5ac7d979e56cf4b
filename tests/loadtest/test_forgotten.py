"""Where retention is short, what had ended longer ago may be gone; all else is lost as ever."""

from typing import Any

import pytest

from longshore_loadtest.history.record import Batch, Event, Fail, Info, Line, Mark, Record
from longshore_loadtest.verify import Verdict, verify
from tests.loadtest.judging import broken
from tests.loadtest.telling import Teller, good, history_of, without

RETENTION = 30.0


def _judged(lines: list[Line], **settings: Any) -> Verdict:
    return verify(history_of(lines, **{"retention": RETENTION, **settings}))


def _read_back_at(at: float, *tellers: Teller) -> list[Line]:
    teller = Teller(at=at)
    teller.end()
    return [line for one in (*tellers, teller) for line in one.lines]


def _done(id: str = "r-1", *, at: float = 0.0) -> Teller:
    teller = Teller(at=at)
    teller.watch()
    teller.task(id)
    return teller


def test_what_ended_longer_ago_may_be_gone() -> None:
    verdict = _judged(_read_back_at(60, _done()))
    assert verdict.holds, verdict.findings
    assert verdict.notes == ["1 tasks are gone; 30 s after its end one may be forgotten"]


def test_without_a_retention_it_may_not() -> None:
    assert broken(verify(history_of(_read_back_at(60, _done())))) == {"lost": {"r-1"}, "unrecorded": {"r-1"}}


def test_what_ended_a_moment_ago_may_not() -> None:
    assert broken(_judged(_read_back_at(20, _done()))) == {"lost": {"r-1"}, "unrecorded": {"r-1"}}


@pytest.mark.parametrize("event", ["begun", "ended"])
def test_what_has_not_ended_may_not(event: str) -> None:
    # Given one that never ran, or began and did not end
    lines = [line for line in _done().lines if not (isinstance(line, Event) and line.state == "SUCCESS")]
    lines = without(lines, Mark, event=event) if event == "ended" else without(lines, Mark)

    # Then
    assert broken(_judged([*lines, *_read_back_at(60)])) == {"lost": {"r-1"}, "unrecorded": {"r-1"}}


def test_what_began_again_a_moment_ago_may_not() -> None:
    # Given: its worker died before it could say that it had ended
    again = Teller(at=50)
    again.mark("begun", "r-1", "later")

    # Then
    lines = [line for line in _done().lines if not (isinstance(line, Event) and line.state == "SUCCESS")]
    assert broken(_judged([*lines, *_read_back_at(60, again)]))["lost"] == {"r-1"}


def test_what_was_cancelled_longer_ago_may_be_gone() -> None:
    teller = Teller()
    teller.submit("r-1")
    teller.ask("cancel", Info, ids=["r-1"])
    assert _judged(_read_back_at(60, teller)).holds


@pytest.mark.parametrize(("at", "problems"), [(50, {}), (10, {"unrecorded": {"r-1"}})])
def test_a_read_may_find_it_gone_when_that_is_allowed(at: float, problems: dict[str, set[str]]) -> None:
    read = Teller(at=at)
    read.ask("read", Fail, ids=["r-1"], told={"status": 404})
    assert broken(_judged(_read_back_at(60, _done(), read))) == problems


def test_what_is_submitted_again_when_it_is_forgotten_is_done_again() -> None:
    # Given
    second = Teller(at=50)
    second.task("r-1")
    second.record("r-1")

    # Then
    assert _judged(_read_back_at(60, _done(), second)).holds


def test_what_runs_again_though_nobody_submitted_it_again_is_told() -> None:
    again = Teller(at=50)
    again.run("r-1")
    assert "again" in broken(_judged(_read_back_at(120, _done(), again)))


@pytest.mark.parametrize(("at", "problems"), [(60, {}), (20, {"batches": {"r-f"}})])
def test_a_file_that_was_done_longer_ago_may_be_gone(at: float, problems: dict[str, set[str]]) -> None:
    # Given
    teller = Teller()
    teller.file("r-f", 50)

    # Then
    assert broken(_judged([*without(teller.lines, Batch), *_read_back_at(at)])) == problems


def test_a_file_with_a_line_that_was_not_run_may_not() -> None:
    teller = Teller()
    teller.file("r-f", 50)
    lines = without(without(teller.lines, Batch), Mark, line=7)
    assert broken(_judged([*lines, *_read_back_at(60)]))["batches"] == {"r-f"}


def test_what_is_there_is_judged_as_ever() -> None:
    assert _judged(good()).holds
    assert broken(_judged(without(good(), Record, id="r-1"))) == {"lost": {"r-1"}, "unrecorded": {"r-1"}}
