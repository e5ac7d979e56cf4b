"""Events are heard in order, and by those who listened the whole time all of them."""

from collections.abc import Sequence

import msgspec
import pytest

from longshore_loadtest.history.record import CLOSED, OPENED, Event, Gap, Invoke, Line, Record
from longshore_loadtest.verify import Finding, verify
from tests.loadtest.telling import WATCHER, Teller, changed, clock, good, history_of, without


def heard(lines: Sequence[Line]) -> Finding:
    return verify(history_of(lines)).finding("events")


@pytest.mark.parametrize("state", ["PENDING", "STARTED", "SUCCESS"])
def test_an_event_that_is_missing_is_noticed(state: str) -> None:
    problems = heard(without(good(), Event, id="r-1", state=state)).problems
    assert [problem.id for problem in problems] == ["r-1"]


def test_a_task_that_began_before_the_brokers_confirm_came_is_never_queued() -> None:
    assert heard(without(good(), Event, id="r-1", state="QUEUED")).problems == []


def test_a_task_of_which_nothing_was_heard_is_noticed() -> None:
    problems = heard(without(good(), Event, id="r-1")).problems
    assert [(problem.id, problem.says) for problem in problems] == [("r-1", f"{WATCHER} heard nothing of it")]


@pytest.mark.parametrize("reason", ["reset", "skipped"])
def test_what_may_be_missing_for_a_reason_that_was_told_is_not_missed(reason: str) -> None:
    finding = heard([*without(good(), Event, id="r-1"), Gap(at=3, process=WATCHER, reason=reason)])
    assert (finding.looked_at, finding.problems) == (0, [])


def test_who_may_not_have_been_connected_yet_misses_nothing_at_the_beginning() -> None:
    # Given a watcher of one task, that hears of it from the second event on, or not at all
    of_one = changed(good(), Gap, filter={"id": "r-1"})
    from_the_second = without(without(of_one, Event, id="r-0"), Event, id="r-1", state="PENDING")
    nothing = [line for line in of_one if not isinstance(line, Event)]
    without_its_end = without(without(of_one, Event, id="r-0"), Event, id="r-1", state="SUCCESS")

    # Then: what it does hear of must go on to the end
    assert (heard(from_the_second).looked_at, heard(from_the_second).problems) == (1, [])
    assert (heard(nothing).looked_at, heard(nothing).problems) == (0, [])
    assert [problem.id for problem in heard(without_its_end).problems] == ["r-1"]


def test_who_listened_to_something_else_misses_nothing() -> None:
    lines = changed(without(good(), Event, id="r-1"), Gap, filter={"id": "r-2"})
    assert heard(lines).problems == []


def test_who_came_late_or_left_early_misses_nothing() -> None:
    # Given
    silent = [line for line in without(good(), Event) if not isinstance(line, Gap)]
    end = next(line for line in good() if isinstance(line, Event) and line.state == "SUCCESS")
    late: list[Line] = [
        Gap(at=0.05, process="w", reason=OPENED),
        msgspec.structs.replace(end, process="w"),
        Gap(at=99, process="w", reason=CLOSED),
    ]
    early = [Gap(at=0, process="v", reason=OPENED), Gap(at=0.3, process="v", reason=CLOSED)]

    # When: only what was submitted after `late` had come counts
    finding = heard([*silent, *late, *early])

    # Then
    assert {problem.id for problem in finding.problems} == {"r-1", "r-2"}


def test_a_task_that_ended_as_the_watcher_left_is_not_missed() -> None:
    lines = changed(without(good(), Event, id="r-1"), Record, "r-1", finished_at=clock(14))
    assert heard(lines).problems == []


def test_events_that_come_out_of_order_are_noticed() -> None:
    # Given
    events = [line for line in good() if isinstance(line, Event) and line.id == "r-1"]
    older = msgspec.structs.replace(events[0], at=events[1].at + 0.001)

    # Then
    assert [problem.id for problem in heard([*good(), older]).problems if problem.id == WATCHER] == [WATCHER]


def test_an_event_that_two_watchers_heard_happened_once() -> None:
    again = [
        msgspec.structs.replace(line, process="w", at=line.at + 0.5)
        for line in good()
        if isinstance(line, Event)
    ]
    verdict = verify(history_of([*good(), *again]))
    assert verdict.holds
    assert verdict.completions == {1: 3}


def test_a_task_that_was_taken_over_is_started_twice() -> None:
    # Given
    teller = Teller()
    teller.watch()
    teller.submit("r-9")
    for state in ("PENDING", "QUEUED", "STARTED", "STARTED"):
        teller.say(state, "r-9")
    teller.run("r-9")
    teller.say("SUCCESS", "r-9")
    teller.record("r-9")
    teller.end()

    # Then
    assert heard(teller.lines).looked_at == 1
    assert heard(teller.lines).problems == []


@pytest.mark.parametrize("ahead", [-60, 0, 60])
def test_the_ledgers_clock_may_be_another(ahead: int) -> None:
    # Given a task that ended four seconds before the watcher left, by the watcher's clock
    lines = without(good(), Event, id="r-1")
    closed = max(line.at for line in lines if isinstance(line, Gap))
    lines = changed(lines, Record, submitted_at=None)
    lines = changed(lines, Record, "r-2", submitted_at=clock(_asked(lines, "r-2") + ahead))

    # Then it is not missed, and one that ended before is
    late = changed(lines, Record, "r-1", finished_at=clock(closed - 4 + ahead))
    early = changed(lines, Record, "r-1", finished_at=clock(closed - 8 + ahead))
    assert [len(heard(found).problems) for found in (late, early)] == [0, 1]


def _asked(lines: list[Line], id: str) -> float:
    return next(
        line.at for line in lines if isinstance(line, Invoke) and any(call.id == id for call in line.calls)
    )
