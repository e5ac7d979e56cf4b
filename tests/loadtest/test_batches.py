"""A file whose output is not the expected one, or that no run earned, is noticed."""

import pytest

from longshore_loadtest.history.record import Batch, Fail, Info, Invoke, Mark, Ok
from tests.loadtest.judging import after, broken, judged
from tests.loadtest.telling import Teller, changed, good, without

GOOD = good()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"sha256": "0" * 64, "pieces": ["a", "b", "c"]}, "first in lines 1 to 100"),
        ({"lines": 249, "sha256": "0" * 64}, "249 lines of 250"),
        ({"done": 249}, "250 lines, 249 done"),
        ({"failed": 0}, "0 failed"),
        ({"state": "RUNNING"}, "still RUNNING"),
        ({"state": "REVOKED"}, "nobody cancelled it"),
    ],
)
def test_a_file_that_does_not_come_back_as_expected_is_noticed(fields: dict[str, object], says: str) -> None:
    problems = judged(changed(good(), Batch, **fields)).finding("batches").problems
    assert [says in problem.says for problem in problems] == [True]


def test_a_file_that_differs_is_told_where() -> None:
    # Given
    pieces = next(line.pieces for line in good() if isinstance(line, Batch))
    lines = changed(good(), Batch, sha256="0" * 64, pieces=[pieces[0], "x" * 8, pieces[2]])

    # Then
    assert "first in lines 101 to 200" in judged(lines).finding("batches").problems[0].says


def test_an_acknowledged_file_that_is_not_there_is_noticed() -> None:
    assert broken(judged(without(good(), Batch))) == {"batches": {"r-f"}}


def test_a_line_that_no_run_earned_is_noticed() -> None:
    assert broken(judged(without(good(), Mark, id="r-f", line=17, event="ended"))) == {"batches": {"r-f"}}


def test_a_line_that_the_file_does_not_have_is_unexpected() -> None:
    teller = Teller(at=9)
    teller.mark("begun", "r-f", "x", 251, 251)
    assert broken(judged(after(good(), teller))) == {"unexpected": {"r-f"}}


@pytest.mark.parametrize(("state", "right"), [("DONE", True), ("REVOKED", True), ("OPEN", False)])
def test_an_upload_of_unknown_outcome_may_have_been_taken_or_revoked(state: str, right: bool) -> None:
    lines = [
        Info(at=line.at, op=line.op, why="no answer")
        if isinstance(line, Ok) and line.op == _upload()
        else line
        for line in changed(GOOD, Batch, state=state)
    ]
    assert judged(lines).holds is right


def test_a_file_that_was_refused_and_is_there_is_unexpected() -> None:
    lines = [
        Fail(at=line.at, op=line.op, status=413) if isinstance(line, Ok) and line.op == _upload() else line
        for line in GOOD
    ]
    assert broken(judged(lines)) == {"unexpected": {"r-f"}}


def test_a_file_that_nobody_uploaded_is_unexpected() -> None:
    lines = [line for line in GOOD if getattr(line, "op", None) != _upload()]
    assert broken(judged(lines)) == {"unexpected": {"r-f"}}


def test_a_file_that_was_cancelled_may_be_revoked() -> None:
    # Given
    teller = Teller(at=9)
    teller.ask("cancel", batch="r-f")

    # Then
    assert judged([*changed(GOOD, Batch, state="REVOKED"), *teller.lines]).holds


def test_the_parts_of_a_file_are_no_tasks() -> None:
    # Given
    teller = Teller(at=9)
    teller.say("PENDING", "r-f.0")
    teller.record("r-f.0", "PENDING", batch="r-f")
    teller.mark("begun", "other-f", "x", 1, 1)

    # When
    verdict = judged([*GOOD, *teller.lines])

    # Then
    assert verdict.holds
    assert verdict.attempted == 3
    assert verdict.notes == ["1 tasks of others were seen and left alone"]


def _upload() -> int:
    return next(line.op for line in GOOD if isinstance(line, Invoke) and line.action == "upload")
