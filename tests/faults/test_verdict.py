"""The judge is just: each kind of damage is seen, and none is seen where there is none."""

from typing import Literal

import msgspec
import pytest

from tests.faults.history import Attempt, End, History, Outcome, Record
from tests.faults.marks import Mark
from tests.faults.verdict import judge

IDS = ["t-0", "t-1", "t-2"]


def _mark(event: Literal["begun", "ended"], id: str) -> Mark:
    return Mark(event, id, 1, int(id[2:]), 99, 0.5)


GOOD = History(
    attempts=[Attempt(["t-0"], Outcome.UNKNOWN, 0.1), Attempt(IDS, Outcome.ACKNOWLEDGED, 0.2)],
    marks=[mark for id in IDS for mark in (_mark("begun", id), _mark("ended", id))],
    ends=[End("t-0", "SUCCESS", 1.0), End("t-1", "SUCCESS", 3.0), End("t-2", "SUCCESS", 4.5)],
    records={id: Record("SUCCESS", number, None, 1, 0) for number, id in enumerate(IDS)},
    healed_at=2.0,
)
"""Three tasks that were done once each; one of them was asked for twice."""


def _but(**changes: object) -> History:
    return msgspec.structs.replace(GOOD, **changes)


def test_a_history_without_damage_holds() -> None:
    verdict = judge(GOOD)
    assert verdict.holds
    assert (verdict.attempted, verdict.acknowledged, verdict.ok) == (3, 3, 3)
    assert (verdict.asked_again, verdict.refused, verdict.duplicated) == (1, 0, 0)
    assert verdict.completions == {1: 3}
    assert (verdict.recovered_after, verdict.settled_after) == (1.0, 2.5)


@pytest.mark.parametrize(
    "record",
    [
        None,
        Record("STARTED", None, None, 1, 0),
        Record("FAILURE", None, "ValueError: no", 1, 0),
        Record("SUCCESS", 7, None, 1, 0),
    ],
    ids=["forgotten", "unfinished", "failed", "wrong"],
)
def test_an_acknowledged_task_that_is_not_done_is_lost(record: Record | None) -> None:
    others = {id: GOOD.records[id] for id in IDS if id != "t-1"}
    verdict = judge(_but(records=others | ({"t-1": record} if record else {})))
    assert verdict.lost == ["t-1"]
    assert not verdict.holds


def test_a_success_that_nothing_ran_for_is_lost() -> None:
    verdict = judge(_but(marks=[mark for mark in GOOD.marks if mark.id != "t-2" or mark.event == "begun"]))
    assert verdict.lost == ["t-2"]
    assert not verdict.holds


def test_what_nobody_acknowledged_is_not_lost() -> None:
    refused = Attempt(["t-9"], Outcome.REFUSED, 0.3)
    verdict = judge(_but(attempts=[*GOOD.attempts, refused]))
    assert verdict.holds
    assert (verdict.attempted, verdict.acknowledged, verdict.refused, verdict.asked_again) == (4, 3, 1, 1)


@pytest.mark.parametrize(
    "stray",
    [
        {"records": GOOD.records | {"t-8": Record("SUCCESS", 8, None, 1, 0)}},
        {"marks": [*GOOD.marks, _mark("begun", "t-8")]},
    ],
    ids=["recorded", "executed"],
)
def test_what_nobody_submitted_is_unexpected(stray: dict[str, object]) -> None:
    verdict = judge(_but(**stray))
    assert verdict.unexpected == ["t-8"]
    assert not verdict.holds


def test_an_execution_more_is_counted_and_allowed() -> None:
    verdict = judge(_but(marks=[*GOOD.marks, _mark("begun", "t-1"), _mark("ended", "t-1")]))
    assert verdict.duplicated == 1
    assert verdict.holds


@pytest.mark.parametrize("ends", [GOOD.ends[1:], [*GOOD.ends, GOOD.ends[0]]], ids=["none", "two"])
def test_a_run_without_one_completion_breaks_the_promise(ends: list[End]) -> None:
    verdict = judge(_but(ends=ends))
    assert not verdict.holds


@pytest.mark.parametrize(("before", "lost"), [(2.0, []), (1.0, ["t-0"]), (None, ["t-0"])])
def test_only_what_had_ended_for_long_enough_may_be_forgotten(before: float | None, lost: list[str]) -> None:
    records = {id: record for id, record in GOOD.records.items() if id != "t-0"}
    verdict = judge(_but(records=records, forgotten_before=before))
    assert verdict.lost == lost


def test_what_runs_again_after_its_end_was_forgotten_breaks_the_promise() -> None:
    again = msgspec.structs.replace(_mark("begun", "t-0"), at=2.0)
    verdict = judge(_but(marks=[*GOOD.marks, again], forgotten_before=2.0))
    assert verdict.unexpected == ["t-0"]


def test_a_history_is_judged_the_same_after_it_was_saved() -> None:
    saved = msgspec.json.encode(GOOD)
    assert judge(msgspec.json.decode(saved, type=History)) == judge(GOOD)
